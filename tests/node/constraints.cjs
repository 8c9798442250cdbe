// Which kinds of values each decorator of class-validator ever lets pass, and where it takes its options.
//
// Reads {"options": {decorator: place of its options}} from stdin, answers {decorator: {"takes": [kind, …], "each": does
// `each: true` in that place count}}. A kind is taken where any of its samples passes: that a kind is never taken is what
// is asked, so there are many samples of what may look like something else.
'use strict';
require('reflect-metadata');
const validator = require('class-validator');

const texts = [
  '', 'a', 'ab', '0', '1', '1.5', 'true', 'a@b.co', '2020-01-01', '2020-01-01T00:00:00Z', 'http://a.co', '12.5,13', '{}', '[]',
  '+41446681800', 'AA', 'text/plain', 'Europe/Berlin', 'USD', '12:00', '127.0.0.1', '507f1f77bcf86cd799439011', '#fff', 'en',
];
const samples = {
  string: texts,
  number: [0, 1, -1, 1.5, 42, NaN, 41446681800, 2000],
  boolean: [true, false],
  date: [new Date(0), new Date()],
  array: [[], [[]], [{}], [1, 2], [true], [new Date()], texts, ...texts.map((text) => [text])],
  object: [{}, { a: 1 }, { length: 2 }],
};
const first = {
  ArrayContains: [['a']], ArrayNotContains: [['zz']], ArrayMinSize: [0], ArrayMaxSize: [50], Contains: ['a'], NotContains: ['zz'],
  IsByteLength: [0, 50], IsDivisibleBy: [1], IsHash: ['md5'], IsIdentityCard: ['ES'], IsISBN: ['10'], IsISSN: [{}],
  IsMobilePhone: ['de-CH'], IsPassportNumber: ['DE'], IsPhoneNumber: ['CH'], IsPostalCode: ['any'], IsRgbColor: [true],
  IsTaxId: ['de-DE'], Length: [0, 50], Matches: [/.*/], Max: [50], MaxDate: [new Date(1e14)], MaxLength: [50], Min: [-5],
  MinDate: [new Date(-1)], MinLength: [0], Equals: ['a'], NotEquals: ['q'], IsIn: [['a', 1, true]], IsNotIn: [['q']],
  IsEnum: [{ A: 'a', B: 1 }], IsInstance: [Object],
};
const apart = new Set(['Validate', 'ValidateBy', 'ValidateIf', 'ValidateNested', 'ValidatePromise', 'ValidatorConstraint']);

function passes(args, name, value) {
  class Probe {}
  validator[name](...args)(Probe.prototype, 'value');
  return validator.validateSync(Object.assign(new Probe(), { value }), { forbidUnknownValues: false }).length === 0;
}

function takesEach(name, place) {
  const args = [...(first[name] ?? [])].slice(0, place);
  while (args.length < place) args.push(name === 'Equals' ? 'a' : undefined);
  class Probe {}
  validator[name](...args, { each: true })(Probe.prototype, 'value');
  const found = validator.getMetadataStorage().getTargetValidationMetadatas(Probe, '', true, false);
  return found.length === 1 && found[0].each === true;
}

let text = '';
process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => {
  const { options } = JSON.parse(text);
  const answers = {};
  for (const [name, decorator] of Object.entries(validator)) {
    if (typeof decorator !== 'function' || !/^[A-Z]/.test(name) || decorator.toString().startsWith('class') || apart.has(name)) continue;
    const takes = Object.keys(samples).filter((kind) => samples[kind].some((value) => passes(first[name] ?? [], name, value)));
    answers[name] = { takes, each: takesEach(name, options[name] ?? 0) };
  }
  process.stdout.write(JSON.stringify(answers));
});

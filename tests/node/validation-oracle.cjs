// What class-validator and Nest's ValidationPipe do with given values.
//
// Reads one JSON object from stdin: {"files": {path: TypeScript}, "probes": [{"file", "controller", "method",
// "options", "values": […], "type"?, "data"?}]}. `type` is where the value comes from (body unless told), `data` the
// key of it. For each value of each probe answers {"ok": value, "is": what it is} as the handler would get it, or
// {"errors": [[path, [constraint, …]], …]}. Pipes get the metadata that TypeScript emits, as in a real program;
// those on the parameter run, too.
'use strict';
require('reflect-metadata');
const path = require('node:path');
const ts = require('typescript');
const { ValidationPipe } = require('@nestjs/common');

const compilerOptions = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
};

function loader(files) {
  const loaded = new Map();
  return function load(name) {
    if (!loaded.has(name)) {
      const exports = {};
      loaded.set(name, exports);
      const { outputText } = ts.transpileModule(files[name], { compilerOptions, fileName: name });
      const inner = (specifier) =>
        specifier.startsWith('.')
          ? load(`${path.posix.join(path.posix.dirname(name), specifier)}.ts`)
          : require(specifier);
      new Function('exports', 'require', outputText)(exports, inner);
    }
    return loaded.get(name);
  };
}

function flat(errors, prefix = '') {
  return errors.flatMap((error) => {
    const at = prefix ? `${prefix}.${error.property}` : error.property;
    const own = error.constraints ? [[at, Object.keys(error.constraints).sort()]] : [];
    return [...own, ...flat(error.children ?? [], at)];
  });
}

// Kinds of values, which JSON does not keep: {"kind": "number" | "Date" | name of a class …, "value"?, "items"?, "props"?}.
function described(value) {
  if (value === null || typeof value !== 'object') {
    return { kind: value === null ? 'null' : typeof value, value };
  }
  const props = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, described(inner)]));
  if (Array.isArray(value)) return { kind: 'Array', items: value.map(described), props };
  return { kind: value.constructor.name, props };
}

async function probe(load, { file, controller, method, options, values, type = 'body', data }) {
  const target = load(file)[controller].prototype;
  const [parameter] = Object.values(Reflect.getMetadata('__routeArguments__', target.constructor, method) ?? {});
  const [metatype] = Reflect.getMetadata('design:paramtypes', target, method);
  const exceptionFactory = (errors) => Object.assign(new Error('refused'), { errors });
  const pipe = new ValidationPipe({ ...options, exceptionFactory });
  const answers = [];
  for (const value of values) {
    try {
      const metadata = { type, metatype, data };
      let ok = await pipe.transform(value, metadata);
      for (const own of parameter?.pipes ?? []) {
        ok = await (typeof own === 'function' ? new own() : own).transform(ok, metadata);
      }
      answers.push({ ok, is: described(ok) });
    } catch (error) {
      if (!error.errors && !error.getStatus) throw error;
      answers.push({ errors: flat(error.errors ?? []) });
    }
  }
  return answers;
}

async function main() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const { files, probes } = JSON.parse(text);
  const load = loader(files);
  const answers = [];
  for (const one of probes) answers.push(await probe(load, one));
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

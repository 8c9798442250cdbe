// Reads [{ id, before: { path: text }, after: { path: text } }] and writes, for each, what the TypeScript
// compiler says about both: { id, before: [error], after: [error] }. Packages are those of tests/node.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ts = createRequire(import.meta.url)('typescript');
const here = dirname(fileURLToPath(import.meta.url));
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  esModuleInterop: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  noImplicitAny: false,
  strictPropertyInitialization: false,
  types: ['node'],
};
const parsed = new Map();
const real = ts.createCompilerHost(options);

function check(files) {
  const root = join(here, 'case');
  const own = new Map(Object.entries(files).map(([path, text]) => [join(root, path), text]));
  const host = {
    ...real,
    getCurrentDirectory: () => root,
    fileExists: (name) => own.has(name) || real.fileExists(name),
    readFile: (name) => own.get(name) ?? real.readFile(name),
    directoryExists: (name) => name.startsWith(root) || real.directoryExists(name),
    getSourceFile(name, language) {
      if (own.has(name)) return ts.createSourceFile(name, own.get(name), language, true);
      if (!parsed.has(name)) parsed.set(name, real.getSourceFile(name, language));
      return parsed.get(name);
    },
  };
  const program = ts.createProgram([...own.keys()], options, host);
  const errors = [];
  for (const name of own.keys()) {
    const file = program.getSourceFile(name);
    for (const [kind, found] of [
      ['syntax', program.getSyntacticDiagnostics(file)],
      ['type', program.getSemanticDiagnostics(file)],
    ]) {
      for (const one of found) {
        errors.push(`${kind} ${one.code} ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`);
      }
    }
  }
  return errors.sort();
}

const known = new Map();
function once(files) {
  const key = JSON.stringify(files);
  if (!known.has(key)) known.set(key, check(files));
  return known.get(key);
}

const cases = JSON.parse(readFileSync(0, 'utf8'));
const out = cases.map(({ id, before, after }) => ({ id, before: once(before), after: once(after) }));
process.stdout.write(JSON.stringify(out));

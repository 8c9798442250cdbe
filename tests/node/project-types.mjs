// What fixes do to the types of a project. Reads a line { id, files: { path: text } } for each, with absolute paths,
// and writes a line { id, errors: [error], checked: [path] }: what the TypeScript compiler of the project says about
// these files, and about those that import them, when the texts are such, and did not say before. Files that no
// tsconfig.json has are named in `unchecked`.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const IMPORTERS = 40;
const services = new Map();
let ts;

function compiler(folder) {
  for (const from of [join(folder, 'x.js'), import.meta.url]) {
    try {
      return createRequire(from)('typescript');
    } catch {
      // the next one
    }
  }
  throw new Error('there is no TypeScript compiler');
}

function service(config) {
  if (services.has(config)) return services.get(config);
  const read = ts.getParsedCommandLineOfConfigFile(config, { noEmit: true }, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic() {},
  });
  const overlay = new Map();
  const created = new Set();
  let version = 0;
  const host = {
    getCompilationSettings: () => ({ ...read.options, noEmit: true, incremental: false, composite: false }),
    getScriptFileNames: () => [...new Set([...(read?.fileNames ?? []), ...created])],
    getScriptVersion: (name) => String(overlay.get(name)?.version ?? 0),
    getScriptSnapshot(name) {
      const text = overlay.get(name)?.text ?? ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => dirname(config),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => overlay.has(name) || ts.sys.fileExists(name),
    readFile: (name) => overlay.get(name)?.text ?? ts.sys.readFile(name),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath,
  };
  const made = {
    names: new Set(read?.fileNames ?? []),
    languages: ts.createLanguageService(host, ts.createDocumentRegistry()),
    known: new Map(),
    put(files) {
      version += 1;
      for (const [name, text] of Object.entries(files)) {
        overlay.set(name, { text, version });
        if (!existsSync(name)) created.add(name);
      }
    },
    clear() {
      version += 1;
      for (const name of overlay.keys()) {
        if (existsSync(name)) overlay.set(name, { text: readFileSync(name, 'utf8'), version });
        else overlay.delete(name);
      }
      created.clear();
    },
  };
  made.importers = importers(made.languages.getProgram());
  services.set(config, made);
  return made;
}

function importers(program) {
  const found = new Map();
  for (const file of program.getSourceFiles()) {
    if (file.fileName.includes('/node_modules/')) continue;
    for (const { text } of file.imports ?? []) {
      const target = ts.resolveModuleName(text, file.fileName, program.getCompilerOptions(), ts.sys).resolvedModule;
      if (target) found.set(target.resolvedFileName, [...(found.get(target.resolvedFileName) ?? []), file.fileName]);
    }
  }
  return found;
}

function configOf(file) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    for (const name of ['tsconfig.json', 'tsconfig.app.json', 'tsconfig.lib.json', 'tsconfig.build.json']) {
      const config = join(folder, name);
      if (existsSync(config)) {
        ts ??= compiler(folder);
        if (service(config).names.has(file)) return config;
      }
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function errorsOf(languages, name) {
  return [...languages.getSyntacticDiagnostics(name), ...languages.getSemanticDiagnostics(name)].map(
    (one) => `${one.code} ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`,
  );
}

function check({ id, files }) {
  const there = Object.keys(files).filter((name) => existsSync(name));
  const config = there.map(configOf).find((found) => found);
  if (!config) return { id, unchecked: Object.keys(files) };
  const one = service(config);
  const others = there.flatMap((name) => (one.importers.get(name) ?? []).slice(0, IMPORTERS));
  const names = [...new Set([...Object.keys(files), ...others])];
  for (const name of names) {
    if (!one.known.has(name)) one.known.set(name, existsSync(name) ? errorsOf(one.languages, name) : []);
  }
  one.put(files);
  const errors = [];
  for (const name of names) {
    const before = [...one.known.get(name)];
    for (const error of errorsOf(one.languages, name)) {
      const place = before.indexOf(error);
      if (place < 0) errors.push(`${name}: ${error}`);
      else before.splice(place, 1);
    }
  }
  one.clear();
  return { id, errors, checked: names };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(check(JSON.parse(line)))}\n`);
}

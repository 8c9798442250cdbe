// A workspace as Node runs it: TypeScript compiled as it is read, and the workspace's own way to resolve modules.
//
// `enter(root)` makes a folder the workspace: its path aliases and packages are followed, and what an earlier
// visit loaded is forgotten. TypeORM builds the metadata of its entities without connecting.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
require('reflect-metadata');
const ts = require('typescript');

let workspace = { root: '', packages: new Map() };
const configs = new Map();

function configOf(file) {
  const found = ts.findConfigFile(path.dirname(file), ts.sys.fileExists);
  if (!found || !found.startsWith(workspace.root)) {
    return { options: {}, base: workspace.root };
  }
  if (!configs.has(found)) {
    const { config } = ts.readConfigFile(found, ts.sys.readFile);
    const parsed = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, path.dirname(found), undefined, found);
    configs.set(found, { options: parsed.options, base: parsed.options.baseUrl ?? path.dirname(found) });
  }
  return configs.get(found);
}

function sourceAt(base) {
  const tries = [base, `${base}.ts`, path.join(base, 'index.ts'), base.replace(/\.js$/, '.ts')];
  return tries.find((file) => file.endsWith('.ts') && ts.sys.fileExists(file));
}

function aliased(request, importer) {
  const { options, base } = configOf(importer);
  for (const [pattern, targets] of Object.entries(options.paths ?? {})) {
    const [head, tail] = pattern.split('*');
    const fits = tail === undefined ? request === pattern : request.startsWith(head) && request.endsWith(tail);
    for (const target of fits ? targets : []) {
      const file = sourceAt(path.resolve(options.pathsBasePath ?? base, target.replace('*', request.slice(head.length))));
      if (file) return file;
    }
  }
  const inner = workspace.packages.get(request);
  if (inner) return inner;
  return options.baseUrl ? sourceAt(path.resolve(options.baseUrl, request)) : undefined;
}

/** Workspace packages by name, at the source that their `types` name: what a package manager links. */
function packagesOf(root) {
  const found = new Map();
  for (const file of ts.sys.readDirectory(root, ['.json'], ['**/node_modules'], ['**/package.json'])) {
    const { name, types } = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (types) found.set(name, path.join(path.dirname(file), types));
  }
  return found;
}

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const importer = parent?.filename ?? '';
  if (workspace.root && importer.startsWith(workspace.root + path.sep)) {
    if (request.startsWith('.')) {
      const file = sourceAt(path.resolve(path.dirname(importer), request));
      if (file) return file;
    } else {
      const file = aliased(request, importer);
      if (file) return file;
      return resolveFilename.call(this, request, module, ...rest);
    }
  }
  return resolveFilename.call(this, request, parent, ...rest);
};

require.extensions['.ts'] = (target, file) => {
  const { options } = configOf(file);
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      ...options,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: undefined,
      target: options.target ?? ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: options.esModuleInterop ?? true,
      sourceMap: false,
      declaration: false,
    },
  });
  target._compile(outputText, file);
};

// --- No database ------------------------------------------------------------------------------------------------

const { DataSource } = require('typeorm');
DataSource.prototype.initialize = async function () {
  await this.buildMetadatas();
  Object.assign(this, { isInitialized: true });
  return this;
};
DataSource.prototype.destroy = async function () {};

function enter(root) {
  workspace = { root, packages: packagesOf(root) };
  const example = path.join(root, '.env.example');
  for (const [, key, value] of fs.existsSync(example) ? fs.readFileSync(example, 'utf8').matchAll(/^(\w+)=(.*)$/gm) : []) {
    process.env[key] ??= value;
  }
  for (const file of Object.keys(require.cache).filter((file) => file.startsWith(root + path.sep))) {
    delete require.cache[file];
  }
}

module.exports = { enter };

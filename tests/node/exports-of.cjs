// What a TypeScript file exports, compiled in memory as `nest build` would, with the packages that are installed here.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
require('reflect-metadata');
const ts = require('typescript');

exports.exportsOf = (file) => {
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  const made = new Module(file, module);
  made.paths = module.paths;
  made._compile(outputText, file);
  return made.exports;
};

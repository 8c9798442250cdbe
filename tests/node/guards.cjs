// Serves the `AppModule` of a TypeScript file, calls each GET route of its controllers as a keeper and as an admin, and
// writes what they get: { route: [status, status] }.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
require('reflect-metadata');
const ts = require('typescript');
const { Logger } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');

Logger.overrideLogger(false);

function exported(file) {
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
  made._compile(outputText, __filename);
  return made.exports;
}

(async () => {
  const { AppModule } = exported(process.argv[2]);
  const app = await NestFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  const found = {};
  for (const controller of Reflect.getMetadata('controllers', AppModule)) {
    for (const name of Object.getOwnPropertyNames(controller.prototype)) {
      const path = Reflect.getMetadata('path', controller.prototype[name]);
      if (name === 'constructor' || path === undefined) continue;
      found[name] = [];
      for (const authorization of ['keeper', 'admin']) {
        found[name].push((await fetch(`http://127.0.0.1:${port}/${path}`, { headers: { authorization } })).status);
      }
    }
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
})();

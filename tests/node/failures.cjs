// Serves the controller of a TypeScript file and calls each of its GET routes, one after the other. Writes for
// each what became of it: { name: { status, body, unhandled } }, where `unhandled` tells whether a promise was
// rejected that nobody took.
'use strict';

require('reflect-metadata');
const { Module: NestModule, Logger } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { exportsOf } = require('./exports-of.cjs');

Logger.overrideLogger(false);

(async () => {
  const { FailuresController, providers } = exportsOf(process.argv[2]);
  class App {}
  NestModule({ controllers: [FailuresController], providers })(App);
  const app = await NestFactory.create(App);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  let unhandled = false;
  process.on('unhandledRejection', () => {
    unhandled = true;
  });
  const found = {};
  for (const name of Object.getOwnPropertyNames(FailuresController.prototype)) {
    const path = Reflect.getMetadata('path', FailuresController.prototype[name]);
    if (!path) continue;
    unhandled = false;
    const answer = await fetch(`http://127.0.0.1:${port}/${path}`, { signal: AbortSignal.timeout(5000) });
    const body = await answer.text();
    await new Promise((done) => setTimeout(done, 30));
    found[name] = { status: answer.status, body, unhandled };
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
})();

// Serves the `AppModule` of a TypeScript file, calls each GET route of its controllers as a keeper and as an admin, and
// writes what they get: { route: [status, status] }.
'use strict';

require('reflect-metadata');
const { Logger } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { exportsOf } = require('./exports-of.cjs');

Logger.overrideLogger(false);

(async () => {
  const { AppModule } = exportsOf(process.argv[2]);
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

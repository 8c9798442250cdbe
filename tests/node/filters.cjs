// Starts the application of each TypeScript file (its `bootstrap`), calls its only route, and writes what came
// of it: { file: 'fails' | status }.
'use strict';

const path = require('node:path');
require('reflect-metadata');
const { Logger } = require('@nestjs/common');
const { exportsOf } = require('./exports-of.cjs');

Logger.overrideLogger(false);

async function outcome(file) {
  let app;
  try {
    app = await exportsOf(file).bootstrap();
  } catch {
    return 'fails';
  }
  const { port } = app.getHttpServer().address();
  const { status } = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) });
  await app.close();
  return status;
}

(async () => {
  const found = {};
  for (const file of process.argv.slice(2)) {
    found[path.basename(path.dirname(file))] = await outcome(file);
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
})();

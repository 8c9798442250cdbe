// Lets the class `LogsService` of a TypeScript file log through a real logger: `nest`, `pino` (nestjs-pino's, by
// itself), `nest-pino` (Nest's, which `useLogger` hands to nestjs-pino), `winston`, `nest-winston`. Calls each of its
// methods, and writes what came out of each: { name: text }.
'use strict';

const { Writable } = require('node:stream');
require('reflect-metadata');
const { ConsoleLogger, Module: NestModule } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { exportsOf } = require('./exports-of.cjs');

const [, , kind, file] = process.argv;
let said = '';
const sink = () =>
  new Writable({
    write(chunk, _encoding, done) {
      said += chunk;
      done();
    },
  });

function structured() {
  const winston = require('winston');
  return { format: winston.format.json(), transports: [new winston.transports.Stream({ stream: sink() })] };
}

/** The modules that an application of this kind imports, and the logger that it is given. */
function setUp() {
  if (kind === 'pino' || kind === 'nest-pino') {
    const { Logger, LoggerModule } = require('nestjs-pino');
    return { imports: [LoggerModule.forRoot({ pinoHttp: [{ level: 'trace' }, sink()] })], logger: Logger };
  }
  if (kind === 'nest-winston') {
    const { WINSTON_MODULE_NEST_PROVIDER, WinstonModule } = require('nest-winston');
    return { imports: [WinstonModule.forRoot(structured())], logger: WINSTON_MODULE_NEST_PROVIDER };
  }
  return { imports: [] };
}

(async () => {
  if (kind === 'winston') {
    const winston = require('winston');
    const create = winston.createLogger;
    Object.defineProperty(winston, 'createLogger', { value: () => create(structured()) });
  }
  const { LogsService } = exportsOf(file);
  const { imports, logger } = setUp();
  class App {}
  NestModule({ imports, providers: [LogsService] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  app.useLogger(logger ? app.get(logger) : new ConsoleLogger({ colors: false }));
  const write = process.stdout.write;
  const note = (chunk) => {
    said += chunk;
    return true;
  };
  const service = app.get(LogsService);
  const found = {};
  for (const name of Object.getOwnPropertyNames(LogsService.prototype)) {
    if (name === 'constructor') {
      continue;
    }
    said = '';
    process.stdout.write = process.stderr.write = note;
    service[name]();
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.stdout.write = write;
    found[name] = said;
  }
  write.call(process.stdout, JSON.stringify(found), () => process.exit(0));
})();

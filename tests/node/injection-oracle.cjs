// What Nest's container holds: modules, providers, and where it finds every dependency; or why it does not start.
//
// Reads a JSON list of { root, main } from standard input, runs each `main` until it creates its application, and
// writes one answer per job: the modules of the container, or `error`, the sentence with which Nest refuses.
// Providers that Nest makes late (for a request, or for each that asks) are made once at the end, so that their
// dependencies are known, too; `late` holds the sentence of one that cannot be made.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
require('reflect-metadata');
const { Logger, Scope } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { ContextIdFactory } = require('@nestjs/core/helpers/context-id-factory');
const { Injector } = require('@nestjs/core/injector/injector');
const { INSTANCE_METADATA_SYMBOL } = require('@nestjs/core/injector/instance-wrapper');
const { enter } = require('./workspace.cjs');

Logger.overrideLogger(false);

const CORE = 'InternalCoreModule';
let created;

const exit = process.exit.bind(process);
process.exit = (code) => {
  throw new Error(`exit ${code}`); // what a package does that misses another one
};

for (const method of ['create', 'createMicroservice', 'createApplicationContext']) {
  const create = NestFactory[method];
  NestFactory[method] = async function (root, ...rest) {
    const report = created;
    const last = rest.at(-1);
    const plain = typeof last === 'object' && Object.getPrototypeOf(last) === Object.prototype;
    const options = { ...(plain ? rest.pop() : {}), abortOnError: false, logger: false };
    try {
      const app = await create.call(this, root, ...rest, options);
      report.resolve({ modules: await modulesOf(app.container) });
    } catch (error) {
      report.resolve({ error: error.message });
    }
    return new Promise(() => {}); // what the bootstrap does next is none of our business
  };
}

/** A token as Nest's errors name it. */
function shown(token) {
  if (typeof token === 'function') return token.name;
  return typeof token === 'symbol' ? token.toString() : `"${String(token).replace(/ \(UUID: .*/, '')}"`;
}

async function modulesOf(container) {
  const modules = [...container.getModules().values()].filter((module) => module.name !== CORE);
  const injector = new Injector();
  const found = [];
  for (const module of modules) {
    const kept = (wrapper) => wrapper.token !== module.metatype && !own(wrapper);
    found.push({
      name: module.name,
      global: module.isGlobal,
      imports: [...module.imports].map(({ name }) => name).filter((name) => name !== CORE),
      exports: [...module.exports].map(shown),
      self: await madeOf(injector, module, module.providers, module.providers.get(module.metatype)),
      providers: await all(injector, module, module.providers, kept),
      controllers: await all(injector, module, module.controllers, () => true),
      injectables: await all(injector, module, module.injectables, () => true),
    });
  }
  return found;
}

function own({ name }) {
  return name === 'ModuleRef' || name === 'ApplicationConfig';
}

async function all(injector, module, collection, kept) {
  const found = [];
  for (const wrapper of collection.values()) {
    if (kept(wrapper)) found.push(await madeOf(injector, module, collection, wrapper));
  }
  return found;
}

async function madeOf(injector, module, collection, wrapper) {
  const late = await makeLate(injector, module, collection, wrapper);
  const { dependencies = [], properties = [] } = wrapper[INSTANCE_METADATA_SYMBOL];
  return {
    token: shown(wrapper.token),
    class: wrapper.inject || !wrapper.metatype ? null : wrapper.metatype.name,
    scope: wrapper.scope === undefined ? 'default' : Scope[wrapper.scope].toLowerCase(),
    static: wrapper.isDependencyTreeStatic(),
    late,
    dependencies: [
      ...[...dependencies].map((dependency, index) => ({ key: index, ...placeOf(dependency) })),
      ...properties.map(({ key, wrapper: dependency }) => ({ key, ...placeOf(dependency) })),
    ],
  };
}

const MOST_LOADS = 2_000;
let loads = 0;
const loadInstance = Injector.prototype.loadInstance;
/** Circles of what is made for each request may go on for ever. */
Injector.prototype.loadInstance = function (...args) {
  if ((loads += 1) > MOST_LOADS) throw new Error('endless');
  return loadInstance.apply(this, args);
};

/** What is not made at start is made for a request, and says why if that fails. */
async function makeLate(injector, module, collection, wrapper) {
  const late = !wrapper.isDependencyTreeStatic() || wrapper.scope === Scope.TRANSIENT;
  if (!late) return null;
  const contextId = ContextIdFactory.create();
  loads = 0;
  try {
    await injector.loadInstance(wrapper, collection, module, { contextId, inquirer: wrapper });
    return null;
  } catch (error) {
    return error.message;
  }
}

function placeOf(wrapper) {
  if (!wrapper) return { module: null, provider: null };
  const core = wrapper.host?.name === CORE || own(wrapper) || !wrapper.host;
  return { module: core ? null : wrapper.host.name, provider: shown(wrapper.token) };
}

async function run({ root, main }) {
  let timer;
  const finished = new Promise((resolve) => {
    created = { resolve };
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => resolve({ error: String(error?.message ?? error) }));
    timer = setTimeout(() => resolve({ error: 'it never starts' }), 5_000);
  });
  enter(root);
  loads = 0;
  try {
    require(path.join(root, main));
  } catch (error) {
    clearTimeout(timer);
    return { error: error.message };
  }
  return finished.finally(() => clearTimeout(timer));
}

async function everything() {
  const answers = [];
  for (const job of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    answers.push(await run(job));
  }
  process.stdout.write(JSON.stringify(answers), () => exit(0));
}

void everything();

// What Nest itself says of applications: their routes with everything that runs before the handler.
//
// Reads a JSON list of { root, main, access? } from standard input, runs each `main` for real (its bootstrap, its modules,
// its container) and writes one answer per application to standard output. Three things are not real, so that
// nothing outside of the process is needed: `listen` only initialises the application, TypeORM builds the
// metadata of its entities without connecting, and handlers and middleware are replaced by recorders at the
// moment in which the router or the consumer gets them. With `access: true` middleware stays as it is, only the
// methods of controllers do nothing, and each route says with which status it answers a request of nobody.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
require('reflect-metadata');
const inject = require('light-my-request');
const { Logger, RequestMethod, VersioningType } = require('@nestjs/common');
const { GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA, EXCEPTION_FILTERS_METADATA } = require('@nestjs/common/constants');
const { NestApplication, NestFactory } = require('@nestjs/core');
const { MiddlewareBuilder } = require('@nestjs/core/middleware/builder');
const { RouterExplorer } = require('@nestjs/core/router/router-explorer');
const { NestMicroservice } = require('@nestjs/microservices');
const transports = require('./nest-transports.cjs');
const { enter } = require('./workspace.cjs');

Logger.overrideLogger(['error', 'fatal']);

// --- Names ------------------------------------------------------------------------------------------------------

const made = new WeakMap();
const passport = require('@nestjs/passport/dist/auth.guard');
const authGuard = passport.AuthGuard;
passport.AuthGuard = (type) => {
  const guard = authGuard(type);
  made.set(guard, `AuthGuard(${[type ?? []].flat().join(', ')})`);
  return guard;
};

/** Of a class, an instance, or the wrapper of what is made anew for each request. */
function nameOf(bound) {
  const type = typeof bound === 'function' ? bound : bound.metatype ?? bound.constructor;
  return made.get(type) ?? type.name;
}

// --- What runs before a handler ---------------------------------------------------------------------------------

const KINDS = {
  guards: [GUARDS_METADATA, 'getGlobalGuards', 'getGlobalRequestGuards', 'canActivate'],
  interceptors: [INTERCEPTORS_METADATA, 'getGlobalInterceptors', 'getGlobalRequestInterceptors', 'intercept'],
  pipes: [PIPES_METADATA, 'getGlobalPipes', 'getGlobalRequestPipes', 'transform'],
  filters: [EXCEPTION_FILTERS_METADATA, 'getGlobalFilters', 'getGlobalRequestFilters', 'catch'],
};

function stepsOf(config, controller, method) {
  const callback = controller.prototype[method];
  const parent = Object.getPrototypeOf(controller);
  return Object.fromEntries(
    Object.entries(KINDS).map(([kind, [key, globals, requested]]) => {
      const own = Reflect.getMetadata(key, controller) ?? [];
      const inherited = typeof parent === 'function' ? (Reflect.getMetadata(key, parent) ?? []).length : 0;
      const steps = [
        ...[...config[globals](), ...config[requested]()].map((bound) => [bound, 'global']),
        ...own.map((bound, position) => [bound, position < inherited ? 'base class' : 'controller']),
        ...(Reflect.getMetadata(key, callback) ?? []).map((bound) => [bound, 'method']),
      ].map(([bound, origin]) => ({ name: nameOf(bound), origin }));
      return [kind, kind === 'filters' ? steps.reverse() : steps];
    }),
  );
}

/** Nest's own list, as its router has it: the metadata above must not say anything else. */
function agree(steps, creators, config, instance, callback, moduleKey) {
  for (const [kind, creator] of Object.entries(creators)) {
    if (config[KINDS[kind][2]]().length > 0) continue;
    const real = creator.create(instance, callback, moduleKey).map(nameOf);
    const said = steps[kind].map((step) => step.name);
    if (real.join() !== said.join()) {
      throw new Error(`${instance.constructor.name}: Nest runs ${real} as ${kind}, its metadata say ${said}`);
    }
  }
}

let current;

const VERBS = new Set(Object.keys(RequestMethod).filter((key) => Number.isNaN(Number(key))).map((key) => key.toLowerCase()));

const applyCallbackToRouter = RouterExplorer.prototype.applyCallbackToRouter;
RouterExplorer.prototype.applyCallbackToRouter = function (router, definition, wrapper, moduleKey, meta, host) {
  const app = current;
  const registered = [];
  let raw;
  const spy = new Proxy(router, {
    get(target, key) {
      if (key === 'normalizePath' && target.normalizePath) {
        return (given) => target.normalizePath((raw = given));
      }
      if (VERBS.has(key)) {
        return (given, handler) => {
          registered.push(raw ?? given);
          raw = undefined;
          if (app.access) return target[key](given, handler);
          const recorder = (request, reply) => {
            (request.raw ?? request).reached = true;
            return reply.raw ? reply.send('') : reply.end();
          };
          return target[key](given, Object.assign(recorder, handler));
        };
      }
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const called = app.access ? { ...definition, targetCallback: idle(definition.targetCallback) } : definition;
  applyCallbackToRouter.call(this, spy, called, wrapper, moduleKey, meta, host);
  const config = this.exceptionsFilter.config;
  const { guardsContextCreator, interceptorsContextCreator, pipesContextCreator } = this.executionContextCreator;
  const steps = stepsOf(config, wrapper.metatype, definition.methodName);
  const creators = { guards: guardsContextCreator, interceptors: interceptorsContextCreator, pipes: pipesContextCreator };
  agree(steps, creators, config, wrapper.instance, wrapper.metatype.prototype[definition.methodName], moduleKey);
  const version = meta.versioningOptions && this.routePathFactory.getVersion(meta);
  const versions = [version ?? []].flat().map((v) => (typeof v === 'symbol' ? 'neutral' : v));
  const inPath = meta.versioningOptions?.type === VersioningType.URI && versions.length > 0;
  for (const [position, full] of registered.entries()) {
    app.routes.push({
      kind: 'http',
      method: RequestMethod[definition.requestMethod],
      path: full,
      handler: `${wrapper.metatype.name}.${definition.methodName}`,
      module: this.container.getModuleByKey(moduleKey).metatype.name,
      versions: inPath ? [versions[position % versions.length]] : versions,
      host: [host ?? []].flat()[0],
      ...steps,
    });
  }
};

/** A method that does nothing, with the metadata of one. */
function idle(method) {
  const stub = () => undefined;
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), stub);
  }
  return stub;
}

transports.install({ current: () => current, stepsOf, agree });

// --- Middleware: the same classes in the container, and a record instead of what they do -------------------------

const apply = MiddlewareBuilder.prototype.apply;
MiddlewareBuilder.prototype.apply = function (...middleware) {
  return apply.call(this, ...(current.access ? middleware : middleware.flat(Infinity).map(recording)));
};

function recording(middleware) {
  const record = (request, next) => {
    const raw = request.raw ?? request;
    (raw.middleware ??= []).push(middleware.name || 'anonymous');
    next();
  };
  if (typeof middleware.prototype?.use !== 'function') {
    return Object.defineProperty((request, _, next) => record(request, next), 'name', { value: middleware.name });
  }
  const recorder = class extends middleware {
    use(request, _, next) {
      record(request, next);
    }
  };
  return Object.defineProperty(recorder, 'name', { value: middleware.name });
}

/** Sends a request to every route and says which middleware ran on its way. */
async function travel(app, routes) {
  const adapter = app.getHttpAdapter();
  const instance = adapter.getInstance();
  const fastify = adapter.getType() === 'fastify';
  if (fastify) await instance.ready();
  for (const route of routes.filter(({ kind }) => kind === 'http')) {
    const url = route.path.replace(/\{([^}]*)\}/g, '$1').replace(/[:*]\w+/g, 'x1').replace(/\*/g, 'x1') || '/';
    const headers = { host: route.host?.replace(/:(\w+)/g, 'x1') ?? 'localhost', 'x-version': route.versions[0] ?? '' };
    const method = route.method === 'ALL' ? 'POST' : route.method;
    let seen;
    const dispatch = (request, response) => {
      seen = request;
      return fastify ? instance.routing(request, response) : instance(request, response);
    };
    const answer = inject(dispatch, { method, url, headers });
    if (current.access) {
      // A method that takes the response and does nothing never answers: it was reached.
      const late = new Promise((resolve) => setTimeout(resolve, 200, { statusCode: 0 }));
      route.status = (await Promise.race([answer, late])).statusCode;
      continue;
    }
    await answer;
    if (!seen.reached) {
      throw new Error(`${method} ${url} does not reach a handler`);
    }
    route.middleware = seen.middleware ?? [];
  }
}

// --- Running ----------------------------------------------------------------------------------------------------

for (const method of ['create', 'createMicroservice', 'createApplicationContext']) {
  const create = NestFactory[method];
  NestFactory[method] = function (root, ...rest) {
    const last = rest.at(-1);
    const plain = typeof last === 'object' && Object.getPrototypeOf(last) === Object.prototype;
    const options = { ...(plain ? rest.pop() : {}), abortOnError: false };
    current.root ??= root.name ?? root.module?.name;
    return create.call(this, root, ...rest, options);
  };
}

NestApplication.prototype.listen = async function () {
  await this.init();
  const app = current;
  await travel(this, app.routes);
  app.adapter = this.getHttpAdapter().getType();
  app.modules = modulesOf(this.container);
  app.done();
};

NestMicroservice.prototype.listen = async function () {
  const app = current;
  if (!this.isInitialized) await this.registerModules();
  if (!app.hybrid) {
    await this.init();
    app.modules = modulesOf(this.container);
    app.done();
  }
};

const connectMicroservice = NestApplication.prototype.connectMicroservice;
NestApplication.prototype.connectMicroservice = function (...args) {
  current.hybrid = true;
  return connectMicroservice.apply(this, args);
};

/** Modules that hold controllers, with those: what membership means to a route. */
function modulesOf(container) {
  return [...container.getModules().values()]
    .map(({ metatype, controllers }) => ({ name: metatype.name, controllers: [...controllers.values()].map((c) => c.name) }))
    .filter(({ controllers }) => controllers.length > 0);
}

async function run({ root, main, access = false }) {
  transports.reset();
  const finished = new Promise((resolve, reject) => {
    current = { routes: [], calls: [], access, done: resolve };
    process.removeAllListeners('unhandledRejection').once('unhandledRejection', reject);
    setTimeout(() => reject(new Error('it never listens')), 20_000).unref();
  });
  enter(root);
  try {
    require(path.join(root, main));
    await finished;
    const { done, hybrid, calls, ...answer } = current;
    await transports.callAll(calls);
    return answer;
  } catch (error) {
    return { error: error.stack ?? String(error) };
  }
}

async function all() {
  const answers = [];
  for (const job of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    answers.push(await run(job));
  }
  process.stdout.write(JSON.stringify(answers), () => process.exit(0));
}

void all();

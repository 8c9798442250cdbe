// Handlers of other kinds than HTTP, as Nest itself calls them: GraphQL, gateways, messages, schedules, events.
//
// For each handler Nest's own callback is called once, and what the helpers of the cases wrote into `globalThis.ran`
// must be what is said to run before it. Nothing leaves the process: gateways get an adapter without a network,
// schedules are never started, and events have no emitter but their own.
'use strict';

const path = require('node:path');
/** A file of a package, whatever the package lists as its exports. */
const inner = (name, file) => require(name) && require(path.join(__dirname, 'node_modules', name, 'dist', file));

const { ApplicationConfig, ExternalContextCreator } = require('@nestjs/core');
const { EventSubscribersLoader } = inner('@nestjs/event-emitter', 'event-subscribers.loader');
const { ResolversExplorerService } = inner('@nestjs/graphql', 'services/resolvers-explorer.service');
const { RpcContextCreator } = require('@nestjs/microservices/context/rpc-context-creator');
const { ListenersController } = require('@nestjs/microservices/listeners-controller');
const { transformPatternToRoute } = require('@nestjs/microservices/utils');
const { ScheduleExplorer } = inner('@nestjs/schedule', 'schedule.explorer');
const { SchedulerOrchestrator } = inner('@nestjs/schedule', 'scheduler.orchestrator');
const { SocketModule } = require('@nestjs/websockets/socket-module');
const { WebSocketsController } = require('@nestjs/websockets/web-sockets-controller');
const { WsContextCreator } = require('@nestjs/websockets/context/ws-context-creator');

const GRAPHQL = { Query: 'QUERY', Mutation: 'MUTATION', Subscription: 'SUBSCRIPTION' };
const NOTHING = { guards: [], interceptors: [], pipes: [], filters: [] };
const MESSAGES = ['MESSAGEPATTERN', 'EVENTPATTERN'];

/** The names that the helpers of the cases write when they run. */
const TRACED = /^[GIP]\d$/;

/**
 * `current` gives the answer that is being made, `stepsOf` what a class and its method bind under a configuration,
 * `agree` compares that with Nest's own lists.
 */
exports.install = function ({ current, stepsOf, agree }) {
  const add = (kind, method, called, type, name, moduleType, steps, call) => {
    const row = { kind, method, path: called, handler: `${type.name}.${name}`, module: moduleType?.name, versions: [], middleware: [], ...steps };
    current().routes.push(row);
    if (call) current().calls.push({ row, type, name, call });
  };

  // --- GraphQL: the options with which the context of a resolver is made say what runs --------------------------

  let options;
  let made;
  const create = ExternalContextCreator.prototype.create;
  ExternalContextCreator.prototype.create = function (...args) {
    options = args[7];
    if (args[8] === 'graphql') made = { creators: this, moduleKey: this.getContextModuleKey(args[0].constructor) };
    return create.apply(this, args);
  };
  const createContextCallback = ResolversExplorerService.prototype.createContextCallback;
  ResolversExplorerService.prototype.createContextCallback = function (instance, prototype, wrapper, moduleRef, resolver, ...rest) {
    made = undefined;
    options = undefined;
    const callback = createContextCallback.call(this, instance, prototype, wrapper, moduleRef, resolver, ...rest);
    const { guardsContextCreator, interceptorsContextCreator, pipesContextCreator } = this.externalContextCreator;
    const steps = stepsOf(guardsContextCreator.config, instance.constructor, resolver.methodName);
    if (made) {
      const creators = { guards: guardsContextCreator, interceptors: interceptorsContextCreator, pipes: pipesContextCreator };
      agree(steps, creators, guardsContextCreator.config, instance, prototype[resolver.methodName], made.moduleKey);
    } else {
      steps.pipes = [];
    }
    for (const kind of ['guards', 'interceptors', 'filters']) {
      if (!made || (options && !options[kind])) steps[kind] = [];
    }
    const method = GRAPHQL[resolver.type] ?? (resolver.name === '__resolveReference' ? 'RESOLVEREFERENCE' : 'RESOLVEFIELD');
    const call = () => callback({}, { value: 'x' }, { req: {} }, { parentType: {}, operation: {} });
    add('graphql', method, resolver.name, instance.constructor, resolver.methodName, moduleRef.metatype, steps, call);
    return callback;
  };

  // --- Gateways ---------------------------------------------------------------------------------------------------

  SocketModule.prototype.initializeAdapter = function () {
    const server = { on() {}, use() {}, of: () => server };
    const nothing = () => undefined;
    const adapter = { create: () => server, bindClientConnect: nothing, bindMessageHandlers: nothing, close: nothing };
    this.applicationConfig.setIoAdapter(adapter);
    this.isAdapterInitialized = true;
  };
  let gateway;
  const subscribeToServerEvents = WebSocketsController.prototype.subscribeToServerEvents;
  WebSocketsController.prototype.subscribeToServerEvents = function (instance, options, port, moduleKey, ...rest) {
    gateway = { options, container: this.contextCreator.guardsContextCreator.container };
    return subscribeToServerEvents.call(this, instance, options, port, moduleKey, ...rest);
  };
  const createSocket = WsContextCreator.prototype.create;
  WsContextCreator.prototype.create = function (instance, callback, moduleKey, name) {
    const proxied = createSocket.call(this, instance, callback, moduleKey, name);
    const { guardsContextCreator: guards, interceptorsContextCreator: interceptors, pipesContextCreator: pipes } = this;
    const config = guards.config ?? new ApplicationConfig(); // Nest 11 has none for gateways
    const steps = stepsOf(config, instance.constructor, name);
    agree(steps, { guards, interceptors, pipes }, config, instance, callback, moduleKey);
    const module = gateway.container.getModuleByKey(moduleKey).metatype;
    const client = { emit() {} };
    const message = Reflect.getMetadata('message', callback);
    add('gateway', 'SUBSCRIBEMESSAGE', message, instance.constructor, name, module, steps, () => proxied(client, 'x'));
    current().routes.at(-1).namespace = (gateway.options?.namespace ?? '').replace(/^\/|\/$/g, '');
    return proxied;
  };

  // --- Messages and events of microservices -------------------------------------------------------------------------

  let received;
  const createRpc = RpcContextCreator.prototype.create;
  RpcContextCreator.prototype.create = function (instance, callback, moduleKey, name, ...rest) {
    const proxied = createRpc.call(this, instance, callback, moduleKey, name, ...rest);
    const { guardsContextCreator: guards, interceptorsContextCreator: interceptors, pipesContextCreator: pipes } = this;
    agree(stepsOf(guards.config, instance.constructor, name), { guards, interceptors, pipes }, guards.config, instance, callback, moduleKey);
    received?.set(name, () => proxied('x', {}));
    return proxied;
  };
  const registerPatternHandlers = ListenersController.prototype.registerPatternHandlers;
  ListenersController.prototype.registerPatternHandlers = function (wrapper, server, moduleKey) {
    received = new Map();
    registerPatternHandlers.call(this, wrapper, server, moduleKey);
    const config = this.contextCreator.guardsContextCreator.config;
    const module = this.container.getModuleByKey(moduleKey).metatype;
    for (const { patterns, methodKey, isEventHandler } of this.metadataExplorer.explore(wrapper.instance)) {
      const steps = stepsOf(config, wrapper.metatype, methodKey);
      for (const pattern of patterns) {
        const grpc = pattern?.rpc && { no_stream: 'GRPCMETHOD', rx_stream: 'GRPCSTREAMMETHOD', pt_stream: 'GRPCSTREAMCALL' }[pattern.streaming];
        const called = grpc ? `${pattern.service}/${pattern.rpc}` : transformPatternToRoute(pattern);
        add(isEventHandler ? 'event' : 'message', grpc || MESSAGES[Number(isEventHandler)], called, wrapper.metatype, methodKey, module, steps, received.get(methodKey));
      }
    }
    received = undefined;
  };

  // --- Schedules and events of the application: called past everything ------------------------------------------------

  let scheduled;
  const lookupSchedulers = ScheduleExplorer.prototype.lookupSchedulers;
  ScheduleExplorer.prototype.lookupSchedulers = function (instance, name) {
    const wrapper = [...this.discoveryService.getProviders(), ...this.discoveryService.getControllers()].find((w) => w.instance === instance);
    scheduled = { type: instance.constructor, name, module: wrapper.host.metatype };
    return lookupSchedulers.call(this, instance, name);
  };
  for (const [way, method] of Object.entries({ addCron: 'CRON', addInterval: 'INTERVAL', addTimeout: 'TIMEOUT' })) {
    SchedulerOrchestrator.prototype[way] = (call, given) => {
      const { type, name, module } = scheduled;
      add('cron', method, String(given.cronTime ?? given), type, name, module, NOTHING, call);
    };
  }
  const subscribeToEventIfListener = EventSubscribersLoader.prototype.subscribeToEventIfListener;
  EventSubscribersLoader.prototype.subscribeToEventIfListener = function (instance, name, isRequestScoped, moduleRef) {
    for (const { event } of this.metadataAccessor.getEventHandlerMetadata(instance[name]) ?? []) {
      for (const one of [event].flat()) {
        add('event', 'ONEVENT', one, instance.constructor, name, moduleRef.metatype, NOTHING, () => this.eventEmitter.emitAsync(one, 'x'));
      }
    }
    return subscribeToEventIfListener.call(this, instance, name, isRequestScoped, moduleRef);
  };
};

/** What decorators of an earlier application left behind. */
exports.reset = function () {
  inner('@nestjs/graphql', 'schema-builder/storages/type-metadata.storage').TypeMetadataStorage.clear();
  const lazy = inner('@nestjs/graphql', 'schema-builder/storages/lazy-metadata.storage').LazyMetadataStorage;
  lazy.lazyMetadataByTarget?.clear();
};

/** The pipes of the parameters of a handler. */
function onParameters({ type, name }) {
  const parameters = Object.values(Reflect.getMetadata('__routeArguments__', type, name) ?? {});
  return parameters.flatMap(({ pipes = [] }) => pipes.map((pipe) => pipe.name ?? pipe.constructor.name)).filter((pipe) => TRACED.test(pipe));
}

/** Calls every handler that was found, and compares what ran with what is said to run. */
exports.callAll = async function (calls) {
  for (const { row, type, name, call } of calls) {
    globalThis.ran = [];
    try {
      const result = await call();
      if (result?.subscribe) await new Promise((resolve) => result.subscribe({ complete: resolve, error: resolve }));
    } catch (error) {
      throw new Error(`${row.handler}: ${error.stack}`);
    }
    const ran = globalThis.ran;
    globalThis.ran = undefined;
    for (const kind of ['guards', 'interceptors', 'pipes']) {
      const mark = kind[0].toUpperCase();
      const seen = ran.filter((one) => one.startsWith(mark));
      const said = row[kind].map((step) => step.name).filter((one) => TRACED.test(one));
      const own = kind === 'pipes' ? onParameters({ type, name }) : [];
      // Pipes run once for each parameter that has any; a method without parameters has nothing for them.
      const times = kind === 'pipes' ? Math.ceil((seen.length - own.length) / (said.length || 1)) : 1;
      const expected = [...Array(Math.max(times, 0)).fill(said).flat(), ...own];
      const same = kind === 'pipes' ? seen.sort().join() === expected.sort().join() : seen.join() === expected.join();
      if (!same) {
        throw new Error(`${row.handler}: ${kind} ${said} are said to run, ${seen} ran`);
      }
    }
  }
};

// Serves the controller of a TypeScript file with Express and with Fastify, calls each of its GET routes, and
// writes which of them never answer: { express: [path], fastify: [path] }.
'use strict';

require('reflect-metadata');
const { Module: NestModule, Logger } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { FastifyAdapter } = require('@nestjs/platform-fastify');
const { exportsOf } = require('./exports-of.cjs');

Logger.overrideLogger(false);

async function hanging(adapter, served) {
  class App {}
  NestModule({ controllers: [served] })(App);
  const app = await (adapter ? NestFactory.create(App, adapter) : NestFactory.create(App));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  const names = Object.getOwnPropertyNames(served.prototype).filter((n) => Reflect.getMetadata('path', served.prototype[n]));
  const calls = names.map(async (name) => {
    const path = Reflect.getMetadata('path', served.prototype[name]);
    try {
      const signal = AbortSignal.timeout(1500);
      await (await fetch(`http://127.0.0.1:${port}/${path}`, { signal, redirect: 'manual' })).text();
      return [];
    } catch {
      return [name];
    }
  });
  return (await Promise.all(calls)).flat();
}

(async () => {
  const served = exportsOf(process.argv[2]).ResponsesController;
  const express = await hanging(null, served);
  const fastify = await hanging(new FastifyAdapter(), served);
  process.stdout.write(JSON.stringify({ express, fastify }), () => process.exit(0));
})();

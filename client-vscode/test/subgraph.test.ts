import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf, linksOf, matching, onCircles, partOf, scopesOf } from '../src/graph/subgraph';
import type { Graph, GraphModule } from '../src/protocol';
import { countsOfPart, whyNothing } from '../webview/words';

const module = (name: string, more: Partial<GraphModule> = {}): GraphModule => ({
  id: name,
  name: `${name}Module`,
  folder: 'file:///shop',
  applications: ['shop'],
  global: false,
  known: true,
  controllers: 0,
  providers: 0,
  exports: 0,
  ...more,
});
const GRAPH: Graph = {
  complete: true,
  modules: [
    module('App'),
    module('Cats', { applications: ['shop', 'admin'], controllers: 1, providers: 2 }),
    module('Dogs'),
    module('Config', { package: '@nestjs/config' }),
  ],
  imports: [
    { from: 'App', to: 'Cats', forwardRef: false, certain: true },
    { from: 'App', to: 'Config', forwardRef: false, certain: true },
    { from: 'Cats', to: 'Dogs', forwardRef: true, certain: true },
    { from: 'Dogs', to: 'Cats', forwardRef: true, certain: true },
  ],
  cycles: [['Cats', 'Dogs']],
};
const ALL = { scope: '', packages: true, around: '' };
const ids = (modules: readonly GraphModule[]) => modules.map(({ id }) => id);

test('all of it, or one application, without packages, or around a module', () => {
  assert.deepEqual(partOf(GRAPH, ALL).imports.length, 4);
  assert.deepEqual(ids(partOf(GRAPH, { ...ALL, scope: 'file:///shop#admin' }).modules), ['Cats']);
  assert.deepEqual(partOf(GRAPH, { ...ALL, packages: false }).imports.length, 3);
  assert.deepEqual(ids(partOf(GRAPH, { ...ALL, around: 'Config' }).modules), ['App', 'Config']);
});

test('applications are told from those of other folders', () => {
  const other = module('App', { id: 'other', folder: 'file:///other' });
  const keys = scopesOf({ ...GRAPH, modules: [...GRAPH.modules, other] }).map(({ key }) => key);
  assert.deepEqual(keys, ['file:///other#shop', 'file:///shop#admin', 'file:///shop#shop']);
});

test('imports within a circle lie on it, those that lead there do not', () => {
  assert.deepEqual(GRAPH.imports.map(onCircles(GRAPH)), [false, false, true, true]);
});

test('links, search and counts', () => {
  assert.deepEqual(ids(linksOf(GRAPH, 'Cats').importers), ['App', 'Dogs']);
  assert.deepEqual(ids(linksOf(GRAPH, 'Cats').imports), ['Dogs']);
  assert.deepEqual(ids(matching(GRAPH.modules, ' dOg ')), ['Dogs']);
  assert.deepEqual(matching(GRAPH.modules, '  '), []);
  assert.equal(countsOf(GRAPH.modules[1] ?? module('')), '1 controller, 2 providers');
});

test('an empty drawing says why, and a full one how much', () => {
  const none: Graph = { complete: false, modules: [], imports: [], cycles: [] };
  assert.match(whyNothing(none, true), /^Reading/);
  assert.match(whyNothing(none, false), /not running/);
  assert.match(whyNothing({ ...none, complete: true }, true), /^No application/);
  assert.match(whyNothing(GRAPH, true), /packages/);
  assert.equal(countsOfPart(GRAPH, GRAPH), '4 modules, 1 circle');
  const around = partOf(GRAPH, { ...ALL, around: 'Config' });
  assert.equal(countsOfPart({ ...GRAPH, complete: false }, around), '2 modules, still reading…');
  const unknown = [module('App', { known: false })];
  assert.equal(countsOfPart(none, { modules: unknown, imports: [] }), '1 module, 1 unknown, still reading…');
});

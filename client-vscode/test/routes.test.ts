import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../src/protocol';
import { type Node, type TreeOptions, tree } from '../src/routes/tree';
import { details, matches } from '../src/routes/words';

function route(said: string, more: Partial<Route> = {}): Route {
  const [method = '', path = ''] = said.split(' ');
  const at = { line: 0, character: 0 };
  return {
    id: said,
    folder: 'file:///shop',
    application: 'shop',
    kind: 'http',
    method,
    path,
    versions: [],
    handler: 'OrdersController.é',
    controller: 'OrdersController',
    module: 'OrdersModule',
    access: 'guarded',
    guards: ['JwtGuard'],
    uri: 'file:///shop/src/orders.ts',
    range: { start: at, end: at },
    certain: true,
    ...more,
  };
}

/** The tree as lines, two blanks a level. */
function drawn(routes: Route[], options: Partial<TreeOptions> = {}): string[] {
  const draw = (node: Node, indent: string): string[] => [
    `${indent}${node.label}`,
    ...(node.kind === 'route' ? [] : node.children.flatMap((child) => draw(child, `${indent}  `))),
  ];
  const folderName = (uri: string) => uri.split('/').pop() ?? '';
  return tree(routes, { grouping: 'module', filter: '', folderName, ...options }).flatMap((node) =>
    draw(node, ''),
  );
}

test('by module: routes in the order of their paths, reading before writing', () => {
  const routes = [
    route('DELETE /orders/:id'),
    route('POST /orders'),
    route('GET /orders'),
    route('GET /cats', { module: 'CatsModule' }),
  ];
  const expected = ['CatsModule', '  GET /cats', 'OrdersModule', '  GET /orders', '  POST /orders'];
  assert.deepEqual(drawn(routes), [...expected, '  DELETE /orders/:id']);
});

test('by path: what goes on alike is a group, and no group has one child', () => {
  const routes = [
    'GET /api/v1/orders',
    'POST /api/v1/orders',
    'GET /api/v1/orders/:id',
    'GET /api/v1/cats',
    'GET /',
  ];
  assert.deepEqual(
    drawn(
      routes.map((said) => route(said)),
      { grouping: 'path' },
    ),
    ['GET /', '/api/v1', '  GET /cats', '  /orders', '    GET', '    POST', '    GET /:id'],
  );
});

test('by path: a segment that starts like another is another one', () => {
  const routes = ['GET /order', 'GET /orders', 'GET /orders-old', 'GET /orders/:id'].map((said) =>
    route(said),
  );
  const expected = ['GET /order', '/orders', '  GET', '  GET /:id', 'GET /orders-old'];
  assert.deepEqual(drawn(routes, { grouping: 'path' }), expected);
});

test('by path: messages have none, and stand below their kind', () => {
  const routes = [route('GET /a'), route('MESSAGE orders.created', { kind: 'message' })];
  assert.deepEqual(drawn(routes, { grouping: 'path' }), ['GET /a', 'message', '  MESSAGE orders.created']);
});

test('folders and applications are levels where there are several', () => {
  const routes = [
    route('GET /a', { application: 'admin' }),
    route('GET /a'),
    route('GET /b', { folder: 'file:///other', application: '' }),
  ];
  assert.deepEqual(drawn(routes), [
    'other',
    '  OrdersModule',
    '    GET /b',
    'shop',
    '  admin',
    '    OrdersModule',
    '      GET /a',
    '  shop',
    '    OrdersModule',
    '      GET /a',
  ]);
});

test('every node has an id of its own, whatever repeats', () => {
  const routes = [
    route('GET /a', { application: 'x' }),
    route('GET /a', { application: 'y' }),
    route('GET /a/b', { application: 'y' }),
    route('GET /a/b', { application: 'y', id: 'second' }),
  ];
  for (const grouping of ['module', 'path'] as const) {
    const ids: string[] = [];
    const visit = (node: Node) => {
      ids.push(node.id);
      if (node.kind !== 'route') {
        node.children.forEach(visit);
      }
    };
    tree(routes, { grouping, filter: '', folderName: String }).forEach(visit);
    assert.equal(new Set(ids).size, ids.length, ids.join('\n'));
  }
});

test('a filter wants all of its words, in any case and place', () => {
  const it = route('GET /orders/:id');
  for (const filter of ['', 'get', 'ORDERS jwt', 'guarded ordersmodule', 'é :id', ' get  /orders ']) {
    assert.equal(matches(it, filter), true, filter);
  }
  assert.equal(matches(it, 'get cats'), false);
  assert.deepEqual(drawn([it, route('GET /cats')], { filter: 'cats' }), ['OrdersModule', '  GET /cats']);
});

test('details say what is known and what is not', () => {
  const told = details(
    route('POST /orders', {
      access: 'unknown',
      certain: false,
      guards: [],
      inputs: [{ source: 'body', name: 'dto', type: 'OrderDto' }],
      unknown: ['`Auth` comes from a package without sources'],
    }),
  );
  for (const part of [
    '`POST /orders`',
    'cannot be told',
    'Takes: `body dto: OrderDto`',
    'package without sources',
  ]) {
    assert.ok(told.includes(part), `${part} in ${told}`);
  }
  assert.ok(!told.includes('Guards'));
});

test('an access that a younger server knows is shown as unknown', () => {
  assert.ok(details(route('GET /a', { access: 'sideways' as Route['access'] })).includes('cannot be told'));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apart, type Box, type Layout, layout, neighbour, type Placed } from '../src/graph/layout';

const box = (id: string, root = false): Box => ({ id, width: 120, height: 40, root });
const edge = (said: string) => {
  const [from = '', to = ''] = said.split('>');
  return { from, to };
};
const laid = (ids: string, edges: string) =>
  layout(
    ids.split(' ').map((id) => box(id)),
    edges.split(' ').filter(Boolean).map(edge),
  );
const at = ({ boxes }: Layout, id: string): Placed => {
  const found = boxes.get(id);
  assert.ok(found, id);
  return found;
};

function assertNoOverlap({ boxes }: Layout): void {
  const all = [...boxes.values()];
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      const aside = a.x + a.width <= b.x || b.x + b.width <= a.x;
      const apartBy = a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(aside || apartBy, `${a.id} and ${b.id} overlap`);
    }
  }
}

test('what is imported stands to the right of all that import it', () => {
  const it = laid('app cats db', 'app>cats cats>db app>db');
  assert.ok(at(it, 'app').x < at(it, 'cats').x);
  assert.ok(at(it, 'cats').x < at(it, 'db').x);
  assert.equal(it.edges.length, 3);
});

test('a circle is drawn whole, from the root on', () => {
  const it = layout([box('b'), box('a'), box('app', true)], ['a>b', 'b>a', 'app>a'].map(edge));
  assert.deepEqual(
    ['app', 'a', 'b'].map((id) => at(it, id).column),
    [0, 1, 2],
  );
  assert.equal(it.edges.length, 3);
  assert.equal(new Set(it.edges.map(({ path }) => path)).size, 3);
});

test('lines do not cross where they need not', () => {
  const it = laid('app a b c x y z', 'app>a app>b app>c a>z b>y c>x');
  const up = (ids: string[]) => [...ids].sort((p, q) => at(it, p).y - at(it, q).y);
  const firsts = up(['a', 'b', 'c']);
  const partner: Record<string, string> = { a: 'z', b: 'y', c: 'x' };
  assert.deepEqual(
    up(['x', 'y', 'z']),
    firsts.map((id) => partner[id]),
  );
});

test('an importer of one stands at its height', () => {
  const it = laid('app a', 'app>a');
  assert.equal(at(it, 'app').y, at(it, 'a').y);
});

test('boxes without links, to themselves and to what is not there are placed, too', () => {
  const it = laid('app a lonely', 'app>a app>app a>gone');
  assert.equal(it.edges.length, 1);
  assert.ok(at(it, 'lonely').y > at(it, 'app').y);
  assertNoOverlap(it);
  assert.deepEqual(layout([], []), { boxes: new Map(), edges: [], width: 0, height: 0 });
});

/** As applications are: a root that imports features, which share some modules of infrastructure. */
function application(modules: number): Layout {
  const ids = Array.from({ length: modules }, (_, index) => index);
  const edges = ids.slice(1).flatMap((id) => {
    const shared = 1 + ((id * 7) % Math.ceil(modules / 10));
    return [{ from: '0', to: `${id}` }, ...(id > modules / 10 ? [{ from: `${id}`, to: `${shared}` }] : [])];
  });
  return layout(
    ids.map((id) => box(`${id}`, id === 0)),
    [...edges, { from: '1', to: `${modules - 1}` }],
  );
}

for (const modules of [30, 80, 200, 600]) {
  test(`${modules} modules: nothing overlaps, and the picture is neither a strip nor a tower`, () => {
    const it = application(modules);
    assert.equal(it.boxes.size, modules);
    assertNoOverlap(it);
    const shape = it.width / it.height;
    assert.ok(shape > 0.4 && shape < 5, `${Math.round(it.width)} × ${Math.round(it.height)}`);
    assert.ok([...it.boxes.values()].every(({ x, y }) => x >= 0 && y >= -0.001));
  });
}

test('200 modules are laid out at once', () => {
  const begun = performance.now();
  application(200);
  assert.ok(performance.now() - begun < 500);
});

test('boxes go where they want to be, unless they are in each other’s way', () => {
  assert.deepEqual(apart([0, 100], [20, 20]), [0, 100]);
  assert.deepEqual(apart([50, 50], [20, 20]), [33, 67]);
  assert.deepEqual(apart([], []), []);
});

test('arrow keys lead to what one sees there', () => {
  const { boxes } = laid('app a b db', 'app>a app>b a>db b>db');
  const [upper, lower] = ['a', 'b'].sort((p, q) => (boxes.get(p)?.y ?? 0) - (boxes.get(q)?.y ?? 0));
  assert.equal(neighbour(boxes, upper ?? '', 'down'), lower);
  assert.equal(neighbour(boxes, lower ?? '', 'up'), upper);
  assert.equal(neighbour(boxes, upper ?? '', 'right'), 'db');
  assert.equal(neighbour(boxes, upper ?? '', 'left'), 'app');
  assert.equal(neighbour(boxes, 'app', 'left'), undefined);
});

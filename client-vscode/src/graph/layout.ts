// Where modules and imports are drawn: in columns, an import to the right of who imports it. Values in, values
// out; lengths in pixels. Nothing of VS Code and nothing of a page.

export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Stands left of all that does not import it. */
  readonly root?: boolean;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

export interface Placed extends Box {
  /** The left upper corner. */
  readonly x: number;
  readonly y: number;
  readonly column: number;
}

export interface Layout<E extends Edge = Edge> {
  readonly boxes: ReadonlyMap<string, Placed>;
  readonly edges: readonly { readonly edge: E; readonly path: string }[];
  readonly width: number;
  readonly height: number;
}

/** Between boxes of a column, between the columns of one rank, between ranks. */
const GAP = 14;
const COLUMN_GAP = 28;
const RANK_GAP = 84;
const SWEEPS = 8;
const SETTLING = 6;

type Links = ReadonlyMap<string, readonly string[]>;

export function layout<E extends Edge>(boxes: readonly Box[], edges: readonly E[]): Layout<E> {
  const known = new Map(boxes.map((box) => [box.id, box]));
  const drawn = edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const linked = new Set(drawn.flatMap(({ from, to }) => [from, to]));
  const forward = acyclic(
    boxes.filter(({ id }) => linked.has(id)),
    drawn,
  );
  const rows = Math.max(5, Math.ceil(1.8 * Math.sqrt(boxes.length)));
  const ranks = order(rank(forward), forward).map((ids) => wrap(ids, rows));
  const alone = boxes.filter(({ id }) => !linked.has(id)).map(({ id }) => id);
  const columns = ranks.flatMap((rank) => rank.map((ids, index) => ({ ids, first: index === 0 })));
  const placed = place(columns, known, forward);
  placeAlone(alone, known, placed, rows);
  return {
    boxes: placed,
    edges: drawn.map((edge) => ({ edge, path: route(placed, edge) })),
    width: Math.max(0, ...[...placed.values()].map(({ x, width }) => x + width)),
    height: Math.max(0, ...[...placed.values()].map(({ y, height }) => y + height)),
  };
}

interface Forward {
  /** Without the edges that close circles; every linked box is a key of both. */
  readonly imports: Links;
  readonly importers: Links;
  /** Importers before what they import. */
  readonly sorted: readonly string[];
}

/** Walk from the roots, then from what nobody imports, and leave out what leads back. */
function acyclic(boxes: readonly Box[], edges: readonly Edge[]): Forward {
  const imports = new Map<string, string[]>(boxes.map(({ id }) => [id, []]));
  const importers = new Map<string, string[]>(boxes.map(({ id }) => [id, []]));
  const all = new Map<string, Set<string>>(boxes.map(({ id }) => [id, new Set()]));
  const imported = new Set(edges.map(({ to }) => to));
  for (const { from, to } of edges) {
    all.get(from)?.add(to);
  }
  const done = new Set<string>();
  const walking = new Set<string>();
  const sorted: string[] = [];
  const walk = (id: string) => {
    walking.add(id);
    for (const to of all.get(id) ?? []) {
      if (walking.has(to)) {
        continue;
      }
      imports.get(id)?.push(to);
      importers.get(to)?.push(id);
      if (!done.has(to)) {
        walk(to);
      }
    }
    walking.delete(id);
    done.add(id);
    sorted.push(id);
  };
  const weight = (box: Box) => (box.root ? 0 : imported.has(box.id) ? 2 : 1);
  for (const { id } of [...boxes].sort((a, b) => weight(a) - weight(b))) {
    if (!done.has(id)) {
      walk(id);
    }
  }
  return { imports, importers, sorted: sorted.reverse() };
}

/** The longest way from a box without importers. */
function rank({ imports, sorted }: Forward): string[][] {
  const ranks = new Map<string, number>();
  const out: string[][] = [];
  for (const id of sorted) {
    const own = ranks.get(id) ?? 0;
    out[own] = [...(out[own] ?? []), id];
    for (const to of imports.get(id) ?? []) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, own + 1));
    }
  }
  return out;
}

/** Put each box near the middle of what it is linked to, to and fro, so that few lines cross. */
function order(ranks: string[][], { imports, importers }: Forward): string[][] {
  const at = new Map<string, number>();
  const note = (ids: readonly string[]) =>
    ids.forEach((id, index) => {
      at.set(id, (index + 0.5) / ids.length);
    });
  ranks.forEach(note);
  const sweep = (ids: string[], links: Links) => {
    const middle = new Map(ids.map((id) => [id, mean(links.get(id) ?? [], at) ?? at.get(id) ?? 0]));
    ids.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    note(ids);
  };
  for (let round = 0; round < SWEEPS; round++) {
    for (const ids of ranks) {
      sweep(ids, importers);
    }
    for (const ids of [...ranks].reverse()) {
      sweep(ids, imports);
    }
  }
  return ranks;
}

/** Columns of about the same length, none longer than `rows`. */
function wrap(ids: readonly string[], rows: number): string[][] {
  const columns = Math.ceil(ids.length / rows);
  const each = Math.ceil(ids.length / columns);
  return Array.from({ length: columns }, (_, index) => ids.slice(index * each, (index + 1) * each));
}

function place(
  columns: readonly { readonly ids: readonly string[]; readonly first: boolean }[],
  boxes: ReadonlyMap<string, Box>,
  { imports, importers }: Forward,
): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  let x = 0;
  columns.forEach(({ ids, first }, column) => {
    x += column === 0 ? 0 : first ? RANK_GAP : COLUMN_GAP;
    let y = 0;
    for (const id of ids) {
      const box = known(boxes, id);
      placed.set(id, { ...box, x, y, column });
      y += box.height + GAP;
    }
    x += Math.max(...ids.map((id) => known(boxes, id).width));
  });
  const middles = new Map([...placed].map(([id, box]) => [id, box.y + box.height / 2]));
  const settle = (ids: readonly string[], links: readonly Links[]) => {
    const wanted = ids.map((id) => {
      const ends = links.flatMap((some) => some.get(id) ?? []);
      return mean(ends, middles) ?? middles.get(id) ?? 0;
    });
    const heights = ids.map((id) => known(boxes, id).height);
    apart(wanted, heights).forEach((middle, index) => {
      middles.set(ids[index] ?? '', middle);
    });
  };
  for (let round = 0; round < SETTLING; round++) {
    const last = round === SETTLING - 1;
    for (const { ids } of columns) {
      settle(ids, last ? [importers, imports] : [importers]);
    }
    for (const { ids } of [...columns].reverse()) {
      settle(ids, last ? [importers, imports] : [imports]);
    }
  }
  const top = Math.min(0, ...[...placed].map(([id, { height }]) => (middles.get(id) ?? 0) - height / 2));
  for (const [id, box] of placed) {
    placed.set(id, { ...box, y: (middles.get(id) ?? 0) - box.height / 2 - top });
  }
  return placed;
}

/**
 * The middles nearest to those wanted (by least squares) that keep the order and leave a gap: boxes that would
 * overlap become a block, which goes where its boxes want to be on average.
 */
export function apart(wanted: readonly number[], heights: readonly number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  wanted.forEach((middle, index) => {
    const height = heights[index] ?? 0;
    offset += index === 0 ? 0 : ((heights[index - 1] ?? 0) + height) / 2 + GAP;
    offsets.push(offset);
    let block = { sum: middle - offset, count: 1 };
    for (
      let above = blocks.at(-1);
      above && above.sum / above.count > block.sum / block.count;
      above = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: above.sum + block.sum, count: above.count + block.count };
    }
    blocks.push(block);
  });
  const starts = blocks.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return starts.map((start, index) => start + (offsets[index] ?? 0));
}

/** What is linked to nothing stands below, as wide as the rest. */
function placeAlone(
  ids: readonly string[],
  boxes: ReadonlyMap<string, Box>,
  placed: Map<string, Placed>,
  rows: number,
): void {
  const others = [...placed.values()];
  const bottom = Math.max(-RANK_GAP / 2, ...others.map(({ y, height }) => y + height)) + RANK_GAP / 2;
  const right = Math.max(0, ...others.map(({ x, width }) => x + width));
  const cell = Math.max(0, ...ids.map((id) => known(boxes, id).width)) + COLUMN_GAP;
  const across = Math.max(1, Math.floor(right / cell), Math.ceil(ids.length / rows));
  ids.forEach((id, index) => {
    const box = known(boxes, id);
    const column = index % across;
    const y = bottom + Math.floor(index / across) * (box.height + GAP);
    placed.set(id, { ...box, x: column * cell, y, column });
  });
}

/** A line to the right; one that leads back bends away from the line that it answers. */
function route(placed: ReadonlyMap<string, Placed>, { from, to }: Edge): string {
  const a = known(placed, from);
  const b = known(placed, to);
  const [ay, by] = [a.y + a.height / 2, b.y + b.height / 2];
  if (b.column > a.column) {
    const [ax, bx] = [a.x + a.width, b.x];
    const bend = Math.min(90, Math.max(RANK_GAP / 2, (bx - ax) / 2));
    return `M${points(ax, ay)} C${points(ax + bend, ay)} ${points(bx - bend, by)} ${points(bx, by)}`;
  }
  const [ax, bx] = [a.x, b.x + b.width];
  const bend = RANK_GAP / 2;
  const down = 40;
  return `M${points(ax, ay)} C${points(ax - bend, ay + down)} ${points(bx + bend, by + down)} ${points(bx, by)}`;
}

function points(x: number, y: number): string {
  return `${Math.round(x)} ${Math.round(y)}`;
}

function mean(ids: readonly string[], values: ReadonlyMap<string, number>): number | undefined {
  const known = ids.map((id) => values.get(id)).filter((value) => value !== undefined);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
}

function known<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined) {
    throw new Error(`no box ${id}`);
  }
  return value;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The next box in a direction, for the arrow keys: near, and rather straight ahead than aside. */
export function neighbour(
  boxes: ReadonlyMap<string, Placed>,
  id: string,
  direction: Direction,
): string | undefined {
  const here = known(boxes, id);
  const flat = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let best: { id: string; cost: number } | undefined;
  for (const box of boxes.values()) {
    const dx = box.x + box.width / 2 - (here.x + here.width / 2);
    const dy = box.y + box.height / 2 - (here.y + here.height / 2);
    const [ahead, aside] = flat ? [dx * sign, dy] : [dy * sign, dx];
    const cost = ahead + 2 * Math.abs(aside);
    if (ahead > 1 && box.id !== id && (best === undefined || cost < best.cost)) {
      best = { id: box.id, cost };
    }
  }
  return best?.id;
}

// The page of the graph: what is shown of it, what is selected, where one looks.
import { type Direction, type Layout, layout, neighbour } from '../src/graph/layout';
import type { FromPage, ToPage } from '../src/graph/messages';
import { matching, onCircles, type Part, partOf, type Shown, scopesOf } from '../src/graph/subgraph';
import type { Graph, GraphImport } from '../src/protocol';
import { type Camera, fit, pan, reveal, type Size, zoom } from './camera';
import { detailsOf } from './details';
import { boxOf, drawBoxes, drawEdges } from './draw';
import { gestures } from './gestures';
import { byId, html } from './svg';
import { countsOfPart, whyNothing } from './words';

interface State extends Shown {
  readonly selected: string;
  readonly search: string;
  /** Where the user looks; all of it is shown as long as that is open. */
  readonly camera?: Camera | undefined;
}

declare function acquireVsCodeApi(): {
  getState(): State | undefined;
  setState(state: State): void;
  postMessage(message: FromPage): void;
};

const STEP = 1.25;
/** The scale at which names can be read. */
const READABLE = 0.7;
const KEYS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

const host = acquireVsCodeApi();
const surface = byId<SVGSVGElement>('graph');
const view = byId<SVGGElement>('view');
const search = byId<HTMLInputElement>('search');
const scope = byId<HTMLSelectElement>('scope');
const packages = byId<HTMLInputElement>('packages');
const around = byId<HTMLInputElement>('around');

let state: State = host.getState() ?? { scope: '', packages: true, around: '', selected: '', search: '' };
let graph: Graph = { complete: false, modules: [], imports: [], cycles: [] };
let running = true;
let part: Part = graph;
let drawing: Layout<GraphImport> = layout([], []);
let circular: ReadonlySet<string> = new Set();
let elements: ReadonlyMap<string, SVGGElement> = new Map();

function change(changes: Partial<State>): void {
  state = { ...state, ...changes };
  host.setState(state);
}

// --- what is drawn ---

function receive({ graph: received, running: runs, folders }: ToPage): void {
  graph = received;
  running = runs;
  circular = new Set(graph.cycles.flat());
  const scopes = scopesOf(graph);
  const several = new Set(scopes.map(({ folder }) => folder)).size > 1;
  scope.replaceChildren(
    html('option', { value: '', textContent: 'All applications' }),
    ...scopes.map(({ key, folder, application }) =>
      html('option', {
        value: key,
        textContent: several ? `${folders[folder] ?? folder}: ${application}` : application,
      }),
    ),
  );
  scope.hidden = scopes.length < 2;
  const there = (id: string) => graph.modules.some((module) => module.id === id);
  change({
    scope: scopes.some(({ key }) => key === state.scope) ? state.scope : '',
    selected: there(state.selected) ? state.selected : '',
    around: there(state.around) ? state.around : '',
  });
  scope.value = state.scope;
  packages.checked = state.packages;
  search.value = state.search;
  draw();
}

function draw(): void {
  part = partOf(graph, state);
  drawing = layout(part.modules.map(boxOf), part.imports);
  byId('edges').replaceChildren(...drawEdges(drawing, onCircles(graph)));
  const boxes = drawBoxes(drawing, part.modules, circular);
  byId('boxes').replaceChildren(...boxes);
  elements = new Map(boxes.map((box) => [box.dataset.id ?? '', box]));
  const nothing = byId<HTMLElement>('nothing');
  nothing.hidden = part.modules.length > 0;
  nothing.textContent = whyNothing(graph, running);
  byId('counts').textContent = countsOfPart(graph, part);
  show();
  mark();
}

/** Draw another part of the graph, all of it in sight. */
function drawOther(changes: Partial<State>): void {
  change({ ...changes, camera: undefined });
  draw();
}

/** Show what is selected and what is searched for, and who of the boxes can be reached by Tab. */
function mark(): void {
  const { selected } = state;
  const found = new Set(matching(part.modules, state.search).map(({ id }) => id));
  const near = new Set([selected]);
  for (const path of byId('edges').children) {
    const { from = '', to = '' } = (path as SVGPathElement).dataset;
    const linked = selected !== '' && (from === selected || to === selected);
    path.classList.toggle('linked', linked);
    if (linked) {
      near.add(from).add(to);
    }
  }
  const first = elements.has(selected) ? selected : elements.keys().next().value;
  for (const [id, element] of elements) {
    element.classList.toggle('selected', id === selected);
    element.classList.toggle('found', found.has(id));
    element.setAttribute('aria-pressed', String(id === selected));
    element.setAttribute('tabindex', id === first ? '0' : '-1');
    element.classList.toggle('near', near.has(id));
  }
  surface.classList.toggle('searching', state.search.trim() !== '');
  surface.classList.toggle('selecting', elements.has(selected) && state.search.trim() === '');
  byId('found').textContent = state.search.trim() ? `${found.size} found` : '';
  around.disabled = selected === '';
  around.checked = state.around !== '';
  showDetails();
}

function showDetails(): void {
  const module = part.modules.find(({ id }) => id === state.selected);
  const details = byId<HTMLElement>('details');
  details.hidden = module === undefined;
  const actions = { select: (id: string) => select(id), open: (id: string) => openModule(id, true) };
  details.replaceChildren(...(module ? detailsOf(module, part, circular.has(module.id), actions) : []));
}

// --- where one looks ---

function screen(): Size {
  return surface.getBoundingClientRect();
}

function looked(): Camera {
  return state.camera ?? fit(drawing, screen());
}

function show(): void {
  const { x, y, scale } = looked();
  view.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
}

function look(camera: Camera | undefined): void {
  change({ camera });
  show();
}

function zoomBy(factor: number): void {
  const { width, height } = screen();
  look(zoom(looked(), factor, width / 2, height / 2));
}

// --- what is done with a module ---

/** @param least the scale at which it shall be seen at least */
function select(id: string, least = 0): void {
  if (state.around) {
    drawOther({ selected: id, around: id });
  } else {
    change({ selected: id });
    mark();
  }
  const box = drawing.boxes.get(id);
  if (box !== undefined) {
    const before = looked();
    const camera = reveal(before, box, screen(), least);
    if (camera !== before) {
      look(camera);
    }
    elements.get(id)?.focus({ preventScroll: true });
  }
}

function deselect(): void {
  if (state.around) {
    drawOther({ selected: '', around: '' });
  } else {
    change({ selected: '' });
    mark();
  }
}

function openModule(id: string, focus: boolean): void {
  host.postMessage({ kind: 'open', id, focus });
}

function moduleAt(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<SVGGElement>('.box')?.dataset.id : undefined;
}

// --- what is heard ---

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.kind === 'graph') {
    receive(data);
  }
});

search.addEventListener('input', () => {
  change({ search: search.value });
  mark();
});
search.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') {
    const found = matching(part.modules, state.search);
    const next = found[(found.findIndex(({ id }) => id === state.selected) + 1) % Math.max(1, found.length)];
    if (next) {
      select(next.id, READABLE);
      search.focus();
    }
  } else if (event.key === 'Escape') {
    search.value = '';
    change({ search: '' });
    mark();
  }
});
scope.addEventListener('change', () => {
  drawOther({ scope: scope.value, around: '' });
});
packages.addEventListener('change', () => {
  drawOther({ packages: packages.checked });
});
around.addEventListener('change', () => {
  drawOther({ around: around.checked ? state.selected : '' });
});
byId('in').addEventListener('click', () => zoomBy(STEP));
byId('out').addEventListener('click', () => zoomBy(1 / STEP));
byId('fit').addEventListener('click', () => look(undefined));

gestures(surface, {
  zoomed: (factor, x, y) => look(zoom(looked(), factor, x, y)),
  panned: (dx, dy) => look(pan(looked(), dx, dy)),
  clicked: (target) => {
    const id = moduleAt(target);
    if (id === undefined) {
      deselect();
    } else {
      select(id);
      openModule(id, false);
    }
  },
});
new ResizeObserver(() => show()).observe(surface);

surface.addEventListener('focusin', (event) => {
  const id = moduleAt(event.target);
  if (id !== undefined && id !== state.selected) {
    select(id);
  }
});
surface.addEventListener('keydown', (event) => {
  const id = moduleAt(event.target);
  const direction = KEYS[event.key];
  if (direction !== undefined && id !== undefined) {
    const next = neighbour(drawing.boxes, id, direction);
    if (next !== undefined) {
      select(next);
    }
  } else if ((event.key === 'Enter' || event.key === ' ') && id !== undefined) {
    openModule(id, true);
  } else {
    return;
  }
  event.preventDefault();
});
window.addEventListener('keydown', (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const actions: Record<string, () => void> = {
    '+': () => zoomBy(STEP),
    '=': () => zoomBy(STEP),
    '-': () => zoomBy(1 / STEP),
    '0': () => look(undefined),
    '/': () => search.focus(),
    Escape: deselect,
  };
  const action = actions[event.key];
  if (action !== undefined) {
    action();
    event.preventDefault();
  }
});

host.postMessage({ kind: 'ready' });

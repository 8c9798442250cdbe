import type { Box, Layout } from '../src/graph/layout';
import { countsOf } from '../src/graph/subgraph';
import type { GraphImport, GraphModule } from '../src/protocol';
import { svg } from './svg';

const HEIGHT = 42;
const PADDING = 12;
const LONGEST = 34;

const pen = document.createElement('canvas').getContext('2d');

/** Pixels that a text takes at a size that graph.css gives it. */
function widthOf(text: string, size: number): number {
  if (pen === null) {
    return text.length * size * 0.6;
  }
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

export function boxOf(module: GraphModule): Box {
  const text = Math.max(widthOf(shortened(module.name), 13), widthOf(noteOf(module), 11));
  return { id: module.id, width: Math.ceil(text) + 2 * PADDING, height: HEIGHT, root: module.root === true };
}

function shortened(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

/** The second line of a box. */
function noteOf(module: GraphModule): string {
  const counts = module.package ? shortened(module.package) : countsOf({ ...module, exports: 0 });
  const starts = module.root ? shortened(module.applications.join(', ')) : '';
  return [starts, module.global ? 'global' : '', counts].filter(Boolean).join(' · ');
}

/** All of a module in words: what hovering shows and what is read aloud. */
export function wordsOf(module: GraphModule, circular: boolean): string {
  return [
    module.name,
    module.root ? 'an application starts here' : '',
    module.package ? `from ${module.package}` : '',
    module.global ? 'global' : '',
    countsOf(module),
    circular ? 'on a circle of imports' : '',
    module.known ? '' : `not all of it can be told${module.why ? `: ${module.why}` : ''}`,
  ]
    .filter(Boolean)
    .join('\n');
}

export function drawBoxes(
  layout: Layout,
  modules: readonly GraphModule[],
  circular: ReadonlySet<string>,
): SVGGElement[] {
  return modules.flatMap((module) => {
    const box = layout.boxes.get(module.id);
    if (box === undefined) {
      return [];
    }
    const words = wordsOf(module, circular.has(module.id));
    const classes = ['box', ...classesOf(module), circular.has(module.id) ? 'circle' : ''].filter(Boolean);
    const note = noteOf(module);
    const text = svg('text', { class: 'name', x: PADDING, y: note ? 18 : 26 }, shortened(module.name));
    const element = svg(
      'g',
      {
        class: classes.join(' '),
        transform: `translate(${box.x} ${box.y})`,
        role: 'button',
        tabindex: -1,
        'aria-label': words.replaceAll('\n', ', '),
        'data-id': module.id,
      },
      svg('title', {}, words),
      svg('rect', { width: box.width, height: box.height, rx: 4 }),
      text,
      svg('text', { class: 'note', x: PADDING, y: 33 }, note),
    );
    return [element];
  });
}

function classesOf(module: GraphModule): string[] {
  return [
    module.root ? 'root' : '',
    module.global ? 'global' : '',
    module.package ? 'package' : '',
    module.known ? '' : 'unknown',
  ];
}

export function drawEdges(
  layout: Layout<GraphImport>,
  circular: (edge: GraphImport) => boolean,
): SVGPathElement[] {
  return layout.edges.map(({ edge, path }) => {
    const marks = [
      'edge',
      circular(edge) ? 'circle' : '',
      edge.forwardRef ? 'forward' : '',
      edge.certain ? '' : 'doubtful',
    ];
    const arrow = circular(edge) ? 'url(#arrow-circle)' : 'url(#arrow)';
    return svg('path', {
      class: marks.filter(Boolean).join(' '),
      d: path,
      'marker-end': arrow,
      'data-from': edge.from,
      'data-to': edge.to,
    });
  });
}

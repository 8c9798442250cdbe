import type { Part } from '../src/graph/subgraph';
import type { Graph } from '../src/protocol';

/** Why no module is drawn. */
export function whyNothing(graph: Graph, running: boolean): string {
  if (graph.modules.length > 0) {
    return 'No module is left: all of them come from packages.';
  }
  if (!running) {
    return 'nestwise is not running.';
  }
  return graph.complete
    ? 'No application was found: nothing calls NestFactory.create with a module that can be told.'
    : 'Reading the folder…';
}

/** How many modules are drawn, circles that are drawn whole, and modules that are not known. */
export function countsOfPart(graph: Graph, { modules }: Part): string {
  const drawn = new Set(modules.map(({ id }) => id));
  const unknown = modules.filter(({ known }) => !known).length;
  const circles = graph.cycles.filter((ids) => ids.every((id) => drawn.has(id))).length;
  return [
    count(modules.length, 'module'),
    circles > 0 ? count(circles, 'circle') : '',
    unknown > 0 ? `${unknown} unknown` : '',
    graph.complete || modules.length === 0 ? '' : 'still reading…',
  ]
    .filter(Boolean)
    .join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

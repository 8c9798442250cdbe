import { countsOf, linksOf, type Part } from '../src/graph/subgraph';
import type { GraphModule } from '../src/protocol';
import { html } from './svg';

export interface DetailsActions {
  readonly select: (id: string) => void;
  readonly open: (id: string) => void;
}

/** What is known of the module that is selected, and the ways to its neighbours. */
export function detailsOf(
  module: GraphModule,
  graph: Part,
  circular: boolean,
  actions: DetailsActions,
): Node[] {
  const { imports, importers } = linksOf(graph, module.id);
  const facts = [
    module.package ? `from ${module.package}` : '',
    module.root ? 'an application starts here' : '',
    module.global ? 'global: needs no import' : '',
    circular ? 'on a circle of imports' : '',
    countsOf(module),
    module.applications.length > 0 ? `in ${module.applications.join(', ')}` : '',
  ].filter(Boolean);
  return [
    html('h2', { textContent: module.name }),
    ...facts.map((fact) => html('p', { textContent: fact })),
    ...(module.known
      ? []
      : [html('p', { className: 'unknown', textContent: `Unknown: ${module.why ?? 'something of it'}` })]),
    ...(module.uri ? [button('Open', () => actions.open(module.id), 'open')] : []),
    ...links('Imports', imports, actions),
    ...links('Imported by', importers, actions),
  ];
}

function links(title: string, modules: readonly GraphModule[], { select }: DetailsActions): Node[] {
  if (modules.length === 0) {
    return [];
  }
  const named = (module: GraphModule) =>
    module.root ? `${module.name} (${module.applications.join(', ')})` : module.name;
  const items = modules.map((module) =>
    html(
      'li',
      {},
      button(named(module), () => select(module.id), 'link'),
    ),
  );
  return [html('h3', { textContent: `${title} (${modules.length})` }), html('ul', {}, ...items)];
}

function button(label: string, onclick: () => void, className: string): HTMLButtonElement {
  return html('button', { type: 'button', textContent: label, onclick, className });
}

// What of the graph is shown, and what is special about it. Nothing of VS Code and nothing of a page.
import type { Graph, GraphImport, GraphModule } from '../protocol';

/** An application of a folder. */
export interface Scope {
  readonly key: string;
  readonly folder: string;
  readonly application: string;
}

export function scopesOf(graph: Graph): Scope[] {
  const scopes = new Map<string, Scope>();
  for (const { folder, applications } of graph.modules) {
    for (const application of applications) {
      const key = `${folder}#${application}`;
      scopes.set(key, { key, folder, application });
    }
  }
  return [...scopes.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

export interface Shown {
  /** Key of a scope; empty for all. */
  readonly scope: string;
  /** With modules that come from packages? */
  readonly packages: boolean;
  /** Only this module, what it imports and what imports it; empty for all. */
  readonly around: string;
}

export interface Part {
  readonly modules: readonly GraphModule[];
  readonly imports: readonly GraphImport[];
}

export function partOf(graph: Graph, { scope, packages, around }: Shown): Part {
  const near = new Set([around]);
  for (const { from, to } of graph.imports) {
    if (from === around || to === around) {
      near.add(from).add(to);
    }
  }
  const modules = graph.modules.filter(
    (module) =>
      (packages || !module.package) &&
      (!scope || module.applications.some((application) => `${module.folder}#${application}` === scope)) &&
      (!around || near.has(module.id)),
  );
  const ids = new Set(modules.map(({ id }) => id));
  return { modules, imports: graph.imports.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
}

/** Does an import lie on a circle? */
export function onCircles(graph: Graph): (edge: GraphImport) => boolean {
  const circles = graph.cycles.map((ids) => new Set(ids));
  return ({ from, to }) => circles.some((ids) => ids.has(from) && ids.has(to));
}

/** The names of what a module imports and of what imports it. */
export function linksOf(graph: Part, id: string): { imports: GraphModule[]; importers: GraphModule[] } {
  const modules = new Map(graph.modules.map((module) => [module.id, module]));
  const named = (ids: string[]) =>
    ids
      .map((other) => modules.get(other))
      .filter((module) => module !== undefined)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    imports: named(graph.imports.filter(({ from }) => from === id).map(({ to }) => to)),
    importers: named(graph.imports.filter(({ to }) => to === id).map(({ from }) => from)),
  };
}

export function matching(modules: readonly GraphModule[], search: string): GraphModule[] {
  const wanted = search.trim().toLowerCase();
  return wanted ? modules.filter(({ name }) => name.toLowerCase().includes(wanted)) : [];
}

/** `3 controllers, 5 providers`; what there is none of is left out. */
export function countsOf(module: GraphModule): string {
  const count = (number: number, noun: string) =>
    number > 0 ? [`${number} ${noun}${number > 1 ? 's' : ''}`] : [];
  return [
    ...count(module.controllers, 'controller'),
    ...count(module.providers, 'provider'),
    ...count(module.exports, 'export'),
  ].join(', ');
}

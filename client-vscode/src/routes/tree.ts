// The tree of routes, as values. Nothing of VS Code.
import type { Route } from '../protocol';
import { matches, title } from './words';

export type Grouping = 'module' | 'path';

export interface Group {
  readonly kind: 'folder' | 'application' | 'module' | 'path';
  /** Equal for the same group of another time, so that it stays open. */
  readonly id: string;
  readonly label: string;
  readonly children: readonly Node[];
  /** All routes below. */
  readonly routes: readonly Route[];
}

export interface Leaf {
  readonly kind: 'route';
  readonly id: string;
  readonly label: string;
  readonly route: Route;
}

export type Node = Group | Leaf;

export interface TreeOptions {
  readonly grouping: Grouping;
  /** Words that all must occur; empty for all routes. */
  readonly filter: string;
  /** What a folder is called. */
  readonly folderName: (uri: string) => string;
}

/** Levels that tell nothing, one folder or one application, are left out. */
export function tree(routes: readonly Route[], options: TreeOptions): Node[] {
  const shown = routes.filter((route) => matches(route, options.filter)).sort(byPath);
  const applications = (some: readonly Route[], id: string) =>
    level(
      'application',
      some,
      id,
      (route) => route.application,
      String,
      (of, inner) => (options.grouping === 'module' ? modules(of, inner) : paths(of, inner)),
    );
  return level('folder', shown, '', (route) => route.folder, options.folderName, applications);
}

function level(
  kind: Group['kind'],
  routes: readonly Route[],
  id: string,
  key: (route: Route) => string,
  name: (key: string) => string,
  below: (routes: readonly Route[], id: string) => Node[],
): Node[] {
  const groups = grouped(routes, key);
  if (groups.size <= 1) {
    return below(routes, id);
  }
  return [...groups]
    .map(([value, some]) => group(kind, `${id}/${kind} ${value}`, name(value), some, below))
    .sort((a, b) => compare(a.label, b.label));
}

function modules(routes: readonly Route[], id: string): Node[] {
  return [...grouped(routes, (route) => route.module || route.controller)]
    .map(([name, some]) =>
      group('module', `${id}/module ${name}`, name === '?' ? 'no known module' : name, some, (of, inner) =>
        of.map((route) => leaf(route, inner, title(route))),
      ),
    )
    .sort((a, b) => compare(a.label, b.label));
}

/** HTTP as a tree of paths; what has none (messages, events, fields of GraphQL) by its kind. */
function paths(routes: readonly Route[], id: string): Node[] {
  const isHttp = (route: Route) => route.path.startsWith('/');
  const others = grouped(
    routes.filter((route) => !isHttp(route)),
    (route) => route.kind,
  );
  return [
    ...below('', routes.filter(isHttp), id),
    ...[...others].map(([kind, some]) =>
      group('path', `${id}/kind ${kind}`, kind, some, (of, inner) =>
        of.map((route) => leaf(route, inner, title(route))),
      ),
    ),
  ];
}

/** What is below the path `prefix`: groups where several routes go on alike, as far as they do. */
function below(prefix: string, routes: readonly Route[], id: string): Node[] {
  const nodes: Node[] = [];
  const rest = (route: Route) => route.path.slice(prefix.length);
  for (const [segment, some] of grouped(routes, (route) => firstSegment(rest(route)))) {
    const [only] = some;
    if (segment === '' || segment === '/' || (some.length === 1 && only)) {
      nodes.push(...some.map((route) => leaf(route, id, title(route, rest(route)))));
      continue;
    }
    const common = commonPrefix(some.map(rest));
    nodes.push(
      group('path', `${id}${common}`, common, some, (of, inner) => below(prefix + common, of, inner)),
    );
  }
  return nodes;
}

/** `/a/b` → `/a`. */
function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end < 0 ? path : path.slice(0, end);
}

/** The segments, at least one, with which all paths start. */
function commonPrefix(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(1));
  let length = 1;
  while (length < first.length && others.every((other) => other[length] === first[length])) {
    length++;
  }
  return `/${first.slice(0, length).join('/')}`;
}

function group(
  kind: Group['kind'],
  id: string,
  label: string,
  routes: readonly Route[],
  below: (routes: readonly Route[], id: string) => Node[],
): Group {
  return { kind, id, label, routes, children: below(routes, id) };
}

function leaf(route: Route, id: string, label: string): Leaf {
  return { kind: 'route', id: `${id}/route ${route.id}`, label, route };
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) {
      group.push(item);
    } else {
      groups.set(key(item), [item]);
    }
  }
  return groups;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ALL'];

function byPath(a: Route, b: Route): number {
  const method = (route: Route) => METHODS.indexOf(route.method) + 1 || METHODS.length + 1;
  return compare(a.path, b.path) || method(a) - method(b) || compare(a.handler, b.handler);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

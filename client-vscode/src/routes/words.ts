// How a route is told in words. Nothing of VS Code.
import type { Access, Route } from '../protocol';

export const ACCESS: Record<
  Access,
  { readonly icon: string; readonly colour?: string; readonly words: string }
> = {
  guarded: { icon: 'workspace-trusted', colour: 'charts.green', words: 'A guard decides who may call it.' },
  public: { icon: 'globe', colour: 'charts.blue', words: 'Public on purpose: a marker says so.' },
  unguarded: {
    icon: 'workspace-untrusted',
    colour: 'charts.red',
    words: 'Anyone may call it: no guard asks who calls.',
  },
  unknown: {
    icon: 'workspace-unknown',
    colour: 'charts.yellow',
    words: 'Whether a guard asks who calls cannot be told.',
  },
  internal: { icon: 'gear', words: 'No client calls it.' },
};

/** The look of a route, also of one whose access a younger server knows and this extension does not. */
export function accessOf(route: Route) {
  return ACCESS[route.access] ?? ACCESS.unknown;
}

export function title(route: Route, path: string = route.path): string {
  return `${route.method} ${path}`.trim();
}

/** What stands in the tooltip, as Markdown. */
export function details(route: Route): string {
  const line = (name: string, values: readonly string[]) =>
    values.length > 0 ? [`${name}: ${values.map(code).join(', ')}`] : [];
  const inputs = (route.inputs ?? []).map(({ source, name, type }) =>
    [source, name && name !== source ? name : '', type ? `: ${type}` : '']
      .join(' ')
      .replace(' :', ':')
      .trim(),
  );
  return [
    `**${code(title(route))}**`,
    accessOf(route).words,
    ...line('Handler', [route.handler]),
    ...line('Module', route.module ? [route.module] : []),
    ...line('Application', route.application ? [route.application] : []),
    ...line('Guards', route.guards),
    ...line('Versions', route.versions),
    ...line('Takes', inputs),
    ...(route.unknown ?? []).map((why) => `Unknown: ${why}`),
    ...(route.certain ? [] : ['Its path is not all there is: some of it cannot be told.']),
  ].join('\n\n');
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  const blank = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${blank}${text}${blank}${fence}`;
}

/** Does every word of `filter` occur in what is told of the route? */
export function matches(route: Route, filter: string): boolean {
  const told = [
    title(route),
    route.kind,
    route.handler,
    route.module,
    route.application,
    route.access,
    ...route.guards,
  ]
    .join('\n')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word));
}

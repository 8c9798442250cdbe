import * as vscode from 'vscode';
import type { Route } from '../protocol';
import { open } from '../ui/places';
import { accessOf, title } from './words';

/** Let one of the routes be picked by any part of its name, and open its handler. */
export async function findRoute(routes: readonly Route[]): Promise<void> {
  const several = new Set(routes.map((route) => route.application)).size > 1;
  const items = routes.map((route) => ({
    label: `$(${accessOf(route).icon}) ${title(route)}`,
    description: [route.handler, several ? route.application : ''].filter(Boolean).join(' · '),
    detail: route.guards.length > 0 ? `      ${route.guards.join(', ')}` : undefined,
    route,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Find route',
    placeHolder: routes.length > 0 ? 'Method, path, handler or guard' : 'No routes are known (yet)',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked) {
    await open(picked.route);
  }
}

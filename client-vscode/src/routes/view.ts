import * as vscode from 'vscode';
import type { Route, Routes } from '../protocol';
import type { Server } from '../server/server';
import { setContext } from '../ui/context';
import { openCommand } from '../ui/places';
import { findRoute } from './find';
import { type Group, type Grouping, type Leaf, type Node, tree } from './tree';
import { accessOf, details, title } from './words';

const NONE: Routes = { complete: false, routes: [] };
const VIEW = 'nestwise.routes';
const GROUPING = 'nestwise.routes.grouping';

/** The view `Routes`: what the server knows, as a tree. */
export class RoutesView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<Node>;
  readonly #subscriptions: vscode.Disposable;
  #routes = NONE;
  #filter = '';
  /** May the server's answer be another one by now? */
  #stale = true;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(server: Server, memory: vscode.Memento) {
    this.#server = server;
    this.#memory = memory;
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    const command = vscode.commands.registerCommand;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      this.#view,
      this.#view.onDidChangeVisibility(() => this.#refreshIfSeen()),
      server.onDidChangeModel(() => {
        this.#stale = true;
        this.#refreshIfSeen();
      }),
      server.onDidChangeState(() => this.#show()),
      command('nestwise.routes.byModule', () => this.#group('module')),
      command('nestwise.routes.byPath', () => this.#group('path')),
      command('nestwise.routes.refresh', () => this.#refresh()),
      command('nestwise.routes.filter', () => this.#askFilter()),
      command('nestwise.routes.clearFilter', () => this.#setFilter('')),
      command('nestwise.routes.find', async () => findRoute(await this.#current())),
      command(
        'nestwise.routes.copyPath',
        (leaf?: Leaf) => leaf && vscode.env.clipboard.writeText(leaf.route.path),
      ),
    );
    this.#show();
  }

  getChildren(node?: Node): Node[] {
    if (node !== undefined) {
      return node.kind === 'route' ? [] : [...node.children];
    }
    return tree(this.#routes.routes, { grouping: this.#grouping, filter: this.#filter, folderName });
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'route' ? leafItem(node) : groupItem(node);
  }

  /** Fills in the tooltip only when it is asked for: there may be thousands. */
  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === 'route') {
      item.tooltip = new vscode.MarkdownString(details(node.route));
    }
    return item;
  }

  get #grouping(): Grouping {
    return this.#memory.get<Grouping>(GROUPING, 'module');
  }

  async #group(grouping: Grouping): Promise<void> {
    await this.#memory.update(GROUPING, grouping);
    this.#show();
  }

  async #askFilter(): Promise<void> {
    const filter = await vscode.window.showInputBox({
      title: 'Filter routes',
      prompt: 'Words that all must occur: of method, path, handler, module, guards or access',
      placeHolder: 'post orders unguarded',
      value: this.#filter,
    });
    if (filter !== undefined) {
      this.#setFilter(filter.trim());
    }
  }

  #setFilter(filter: string): void {
    this.#filter = filter;
    this.#show();
  }

  #refreshIfSeen(): void {
    if (this.#stale && this.#view.visible) {
      void this.#refresh();
    }
  }

  async #refresh(): Promise<void> {
    this.#stale = false;
    const answer = (await this.#server.ask<Routes>('nestwise/routes')) ?? NONE;
    // While a folder is read again, what was known is worth more than nothing.
    if (answer.complete || answer.routes.length > 0 || !this.#server.alive) {
      this.#routes = answer;
    }
    this.#show();
  }

  async #current(): Promise<readonly Route[]> {
    if (this.#stale) {
      await this.#refresh();
    }
    return this.#routes.routes;
  }

  #show(): void {
    const { complete, routes } = this.#routes;
    // VS Code shows no description of a view that is alone in its container.
    const reading = this.#server.alive && !complete && routes.length > 0 ? 'Reading the folder…' : '';
    const filter = this.#filter && `Filter: ${this.#filter}`;
    this.#view.message = [reading, filter].filter(Boolean).join('  ') || undefined;
    void setContext('routes.grouping', this.#grouping);
    void setContext('routes.filtered', this.#filter !== '');
    void setContext('routes.empty', this.#whyEmpty());
    this.#changed.fire();
  }

  /** What the view says when there is no tree. */
  #whyEmpty(): 'disabled' | 'stopped' | 'filtered' | 'none' | 'reading' {
    const { complete, routes } = this.#routes;
    if (!this.#server.alive) {
      return this.#server.enabled ? 'stopped' : 'disabled';
    }
    return routes.length > 0 ? 'filtered' : complete ? 'none' : 'reading';
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function groupItem(group: Group): vscode.TreeItem {
  const collapsed = vscode.TreeItemCollapsibleState;
  const open = group.kind === 'folder' || group.kind === 'application';
  const item = new vscode.TreeItem(group.label, open ? collapsed.Expanded : collapsed.Collapsed);
  const unguarded = group.routes.filter((route) => route.access === 'unguarded').length;
  item.id = group.id;
  item.iconPath = new vscode.ThemeIcon(ICONS[group.kind]);
  item.description = [`${group.routes.length}`, unguarded > 0 ? `${unguarded} unguarded` : '']
    .filter(Boolean)
    .join(', ');
  item.tooltip = `${group.label}: ${count(group.routes.length)}${unguarded > 0 ? `, ${unguarded} unguarded` : ''}`;
  item.contextValue = group.kind;
  return item;
}

const ICONS: Record<Group['kind'], string> = {
  folder: 'root-folder',
  application: 'server-process',
  module: 'package',
  path: 'symbol-namespace',
};

function leafItem({ id, label, route }: Leaf): vscode.TreeItem {
  const { icon, colour, words } = accessOf(route);
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.description = route.handler;
  item.iconPath = new vscode.ThemeIcon(icon, colour ? new vscode.ThemeColor(colour) : undefined);
  item.contextValue = 'route';
  item.accessibilityInformation = { label: `${title(route)}, ${route.handler}. ${words}` };
  item.command = openCommand(route);
  return item;
}

function count(routes: number): string {
  return routes === 1 ? '1 route' : `${routes} routes`;
}

function folderName(uri: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri));
  return folder?.name ?? uri.slice(uri.lastIndexOf('/') + 1);
}

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Graph, GraphModule } from '../protocol';
import type { Server } from '../server/server';
import { open } from '../ui/places';
import type { FromPage, ToPage } from './messages';
import { page } from './page';

const TYPE = 'nestwise.graph';
const NONE: Graph = { complete: false, modules: [], imports: [], cycles: [] };

/** The page with the graph of modules; there is at most one. */
export class GraphPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #server: Server;
  readonly #extension: vscode.Uri;
  readonly #assets: vscode.Uri;
  readonly #subscriptions: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  #graph = NONE;
  /** Has the page's script begun to listen? */
  #ready = false;
  #stale = true;
  #running = false;

  constructor(server: Server, extension: vscode.Uri) {
    this.#server = server;
    this.#extension = extension;
    this.#assets = vscode.Uri.joinPath(extension, 'dist');
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(TYPE, this),
      server.onDidChangeModel(() => {
        this.#stale = true;
        void this.#refresh();
      }),
      server.onDidChangeState(() => {
        if (this.#running !== server.alive) {
          this.#running = server.alive;
          this.#send();
        }
      }),
      vscode.commands.registerCommand('nestwise.showGraph', () => this.show()),
    );
  }

  show(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const options = { enableScripts: true, localResourceRoots: [this.#assets] };
    this.#adopt(vscode.window.createWebviewPanel(TYPE, 'Module Graph', vscode.ViewColumn.Active, options));
  }

  /** After a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#adopt(panel);
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    this.#ready = false;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.#extension, 'images', 'graph-light.svg'),
      dark: vscode.Uri.joinPath(this.#extension, 'images', 'graph-dark.svg'),
    };
    panel.onDidDispose(() => {
      this.#panel = this.#panel === panel ? undefined : this.#panel;
    });
    panel.onDidChangeViewState(() => this.#refresh());
    panel.webview.onDidReceiveMessage((message: FromPage) => this.#receive(message));
    panel.webview.html = page({
      nonce: randomBytes(16).toString('hex'),
      source: panel.webview.cspSource,
      script: this.#asset(panel.webview, 'graph.js'),
      style: this.#asset(panel.webview, 'graph.css'),
    });
  }

  #asset(webview: vscode.Webview, name: string): string {
    return webview.asWebviewUri(vscode.Uri.joinPath(this.#assets, name)).toString();
  }

  async #receive(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        // A page that was hidden starts anew when it is seen again.
        this.#ready = true;
        this.#send();
        await this.#refresh();
        break;
      case 'open': {
        const module = this.#graph.modules.find(({ id }) => id === message.id);
        await openBeside(module, !message.focus);
      }
    }
  }

  async #refresh(): Promise<void> {
    if (!this.#stale || !this.#ready || this.#panel?.visible !== true) {
      return;
    }
    this.#stale = false;
    const answer = (await this.#server.ask<Graph>('nestwise/graph')) ?? NONE;
    // While a folder is read again, what was known is worth more than nothing.
    if (answer.complete || answer.modules.length > 0 || !this.#server.alive) {
      this.#graph = answer;
    }
    this.#send();
  }

  #send(): void {
    const folders = Object.fromEntries(
      (vscode.workspace.workspaceFolders ?? []).map(({ uri, name }) => [uri.toString(), name]),
    );
    const message: ToPage = { kind: 'graph', graph: this.#graph, running: this.#running, folders };
    void this.#panel?.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#subscriptions.dispose();
  }
}

async function openBeside(module: GraphModule | undefined, preserveFocus: boolean): Promise<void> {
  if (module?.uri !== undefined && module.range !== undefined) {
    const options = { viewColumn: vscode.ViewColumn.Beside, preview: true, preserveFocus };
    await open({ uri: module.uri, range: module.range }, options);
  }
}

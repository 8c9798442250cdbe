import { readdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { GraphPanel } from './graph/panel';
import { NestFolders } from './nest/folders';
import { RoutesView } from './routes/view';
import { showPage, showRule } from './rules/page';
import { Server } from './server/server';
import { traceChannel } from './server/trace';
import { tell, tellDisabled } from './server/trouble';
import { openSettingsFile } from './settingsFile';
import { thisMachine } from './start/machine';
import { wishes } from './start/wishes';
import { statusItem } from './status';
import { setContext } from './ui/context';

/** Settings after which the server is started anew. */
const OF_THE_START = ['nestwise.enable', 'nestwise.path', 'nestwise.interpreter'];

/** Milliseconds in which events are gathered: trust brings settings along, and a file of settings is saved in steps. */
const SETTLING = 300;

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('nestwise', { log: true });
  const trace = traceChannel();
  const folders = new NestFolders();
  const home = context.globalStorageUri.fsPath;
  const running = new Server({
    enabled,
    wishes: () => wishes(context),
    machine: thisMachine(home),
    memory: context.globalState,
    home,
    output,
    trace,
    folders,
    showDocument: showPage,
    onTrouble: (trouble) => void tell(trouble, output),
  });
  server = running;
  const restartSoon = afterRest(SETTLING, () => running.restart());
  const schema = vscode.Uri.joinPath(context.extensionUri, 'dist', 'nestwise.schema.json');
  const command = vscode.commands.registerCommand;
  context.subscriptions.push(
    output,
    trace,
    folders,
    statusItem(running),
    new RoutesView(running, context.workspaceState),
    new GraphPanel(running, context.extensionUri),
    folders.onDidChange(() => setContext('nest', folders.all.length > 0)),
    vscode.workspace.onDidGrantWorkspaceTrust(restartSoon),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (OF_THE_START.some((key) => event.affectsConfiguration(key))) {
        restartSoon();
      }
    }),
    command('nestwise.restart', () => (enabled() ? running.restart() : tellDisabled())),
    command('nestwise.showOutput', () => output.show()),
    command('nestwise.showRule', (rule?: unknown) => showRule(running, schema, rule)),
    command('nestwise.openSettingsFile', () => openSettingsFile(folders, running)),
  );
  void forgetOldByteCode(context);
  await folders.start();
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}

function enabled(): boolean {
  return vscode.workspace.getConfiguration('nestwise').get('enable', true);
}

/** Does something once it was not asked for any more for `rest` milliseconds. */
function afterRest(rest: number, work: () => unknown): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, rest);
  };
}

/** What interpreters kept of earlier versions of this extension. */
async function forgetOldByteCode(context: vscode.ExtensionContext): Promise<void> {
  const { byteCode } = wishes(context);
  const all = path.dirname(byteCode);
  for (const version of await readdir(all).catch(() => [])) {
    if (version !== path.basename(byteCode)) {
      await rm(path.join(all, version), { recursive: true, force: true });
    }
  }
}

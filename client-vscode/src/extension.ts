import { readdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { NestFolders } from './nest/folders';
import { Server } from './server/server';
import { traceChannel } from './server/trace';
import { tell } from './server/trouble';
import { thisMachine } from './start/machine';
import { wishes } from './start/wishes';
import { statusItem } from './status';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('nestwise', { log: true });
  const trace = traceChannel();
  const folders = new NestFolders();
  const home = context.globalStorageUri.fsPath;
  server = new Server({
    enabled: () => vscode.workspace.getConfiguration('nestwise').get('enable', true),
    wishes: () => wishes(context),
    machine: thisMachine(home),
    home,
    output,
    trace,
    folders,
    showDocument: async () => false,
    onTrouble: (trouble) => void tell(trouble, output),
  });
  const running = server;
  const command = vscode.commands.registerCommand;
  context.subscriptions.push(
    output,
    trace,
    folders,
    statusItem(running),
    folders.onDidChange(() => setContext('nest', folders.all.length > 0)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (['enable', 'path', 'interpreter'].some((key) => event.affectsConfiguration(`nestwise.${key}`))) {
        void running.restart();
      }
    }),
    command('nestwise.restart', () => running.restart()),
    command('nestwise.showOutput', () => output.show()),
  );
  void forgetOldByteCode(context);
  await folders.start();
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}

async function setContext(key: string, value: unknown): Promise<void> {
  await vscode.commands.executeCommand('setContext', `nestwise.${key}`, value);
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

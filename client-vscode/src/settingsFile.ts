import * as vscode from 'vscode';
import type { NestFolders } from './nest/folders';
import type { Server } from './server/server';

const NAME = 'nestwise.json';

/** Open nestwise.json of a folder; where there is none the server writes one to start from. */
export async function openSettingsFile(folders: NestFolders, server: Server): Promise<void> {
  const folder = await chosen(folders.all);
  if (folder === undefined) {
    return;
  }
  const file = vscode.Uri.joinPath(folder.uri, NAME);
  if (!(await exists(file))) {
    const why = await server.run('init', folder.uri.fsPath);
    if (why !== undefined) {
      await vscode.window.showErrorMessage(`${file.fsPath} could not be written: ${why}`);
      return;
    }
  }
  await vscode.window.showTextDocument(file);
}

async function chosen(
  folders: readonly vscode.WorkspaceFolder[],
): Promise<vscode.WorkspaceFolder | undefined> {
  if (folders.length <= 1) {
    return folders[0];
  }
  const items = folders.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, folder }));
  return (await vscode.window.showQuickPick(items, { title: 'Settings of which folder?' }))?.folder;
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

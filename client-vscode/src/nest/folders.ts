import * as vscode from 'vscode';
import { dependsOnNest } from './manifest';

const MANIFESTS = '**/{package,nest-cli}.json';
const INSTALLED = '**/node_modules/**';
/** More manifests than this in one folder are not read to find Nest. */
const MOST = 500;

/**
 * Which of the opened folders use Nest: only these are given to the server.
 *
 * Once a folder was seen to use it, it stays one until it is closed.
 */
export class NestFolders implements vscode.Disposable {
  readonly #found = new Map<string, vscode.WorkspaceFolder>();
  readonly #changed = new vscode.EventEmitter<vscode.WorkspaceFoldersChangeEvent>();
  readonly #watcher = vscode.workspace.createFileSystemWatcher(MANIFESTS, false, false, true);
  readonly #subscriptions: vscode.Disposable[];

  /** Folders with Nest came, or went. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    const look = (manifest: vscode.Uri) => this.#lookAt(manifest);
    this.#subscriptions = [
      this.#changed,
      this.#watcher,
      this.#watcher.onDidCreate(look),
      this.#watcher.onDidChange(look),
      vscode.workspace.onDidChangeWorkspaceFolders((event) => this.#refresh(event)),
    ];
  }

  /** Look into the folders that are open now. */
  async start(): Promise<void> {
    await this.#refresh({ added: vscode.workspace.workspaceFolders ?? [], removed: [] });
  }

  get all(): readonly vscode.WorkspaceFolder[] {
    return [...this.#found.values()];
  }

  async #refresh(event: vscode.WorkspaceFoldersChangeEvent): Promise<void> {
    const removed = event.removed.filter((folder) => this.#found.delete(folder.uri.toString()));
    const used = await Promise.all(event.added.map(usesNest));
    this.#add(
      event.added.filter((_, index) => used[index]),
      removed,
    );
  }

  async #lookAt(manifest: vscode.Uri): Promise<void> {
    const folder = vscode.workspace.getWorkspaceFolder(manifest);
    const installed = manifest.path.includes('/node_modules/');
    if (folder && !installed && !this.#found.has(folder.uri.toString()) && (await tellsOfNest(manifest))) {
      this.#add([folder], []);
    }
  }

  #add(folders: readonly vscode.WorkspaceFolder[], removed: readonly vscode.WorkspaceFolder[]): void {
    const added = folders.filter((folder) => !this.#found.has(folder.uri.toString()));
    for (const folder of added) {
      this.#found.set(folder.uri.toString(), folder);
    }
    if (added.length > 0 || removed.length > 0) {
      this.#changed.fire({ added, removed });
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }
}

async function usesNest(folder: vscode.WorkspaceFolder): Promise<boolean> {
  if (folder.uri.scheme !== 'file') {
    return false;
  }
  if (await tellsOfNest(vscode.Uri.joinPath(folder.uri, 'package.json'))) {
    return true;
  }
  const pattern = new vscode.RelativePattern(folder, MANIFESTS);
  for (const manifest of await vscode.workspace.findFiles(pattern, INSTALLED, MOST)) {
    if (await tellsOfNest(manifest)) {
      return true;
    }
  }
  return false;
}

async function tellsOfNest(manifest: vscode.Uri): Promise<boolean> {
  if (manifest.path.endsWith('/nest-cli.json')) {
    return true;
  }
  try {
    const data = await vscode.workspace.fs.readFile(manifest);
    return dependsOnNest(new TextDecoder().decode(data));
  } catch {
    return false;
  }
}

import { existsSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Wishes } from './choose';
import { expand } from './variables';

/** What the settings ask for, and what this package of the extension has. */
export function wishes(context: vscode.ExtensionContext): Wishes {
  const settings = vscode.workspace.getConfiguration('nestwise');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const replaced = (text: string) => expand(text, folder, os.homedir());
  const version = String(context.extension.packageJSON.version);
  const script = context.asAbsolutePath(path.join('bundled', 'server.py'));
  return {
    path: settings.get<string[]>('path', []).map(replaced),
    interpreter: replaced(settings.get<string>('interpreter', '').trim()),
    version,
    script: existsSync(script) ? script : undefined,
    byteCode: path.join(context.globalStorageUri.fsPath, 'bytecode', version),
  };
}

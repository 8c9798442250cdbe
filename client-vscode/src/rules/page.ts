import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { type Rule, rulesOf } from './catalogue';

/** Show the page of the rule that reported something at the cursor, or of one that is picked. */
export async function showRule(server: Server, schema: vscode.Uri, rule?: unknown): Promise<void> {
  const id = typeof rule === 'string' ? rule : await chosen(schema);
  if (id === undefined) {
    return;
  }
  // The server answers by asking to show the page, which `showPage` does.
  const command = { command: 'nestwise.explain', arguments: [id] };
  if ((await server.ask('workspace/executeCommand', command)) === undefined) {
    await vscode.window.showInformationMessage(
      `The page of ${id} comes from the server, which is not running or does not know the rule.`,
    );
  }
}

async function chosen(schema: vscode.Uri): Promise<string | undefined> {
  const [only, ...others] = atCursor();
  if (only !== undefined && others.length === 0) {
    return only;
  }
  const all = rulesOf(new TextDecoder().decode(await vscode.workspace.fs.readFile(schema)));
  const here = [only, ...others].filter((id) => id !== undefined);
  const items = [
    ...here.map((id) => item(all.find((rule) => rule.id === id) ?? { id, summary: '' }, '$(lightbulb) ')),
    ...all.filter((rule) => !here.includes(rule.id)).map((rule) => item(rule)),
  ];
  const options = { title: 'Show rule page', matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.id;
}

function item({ id, summary }: Rule, icon = '') {
  return { label: icon + id, detail: summary, id };
}

/** Ids of the rules that reported something where the cursor is. */
function atCursor(): string[] {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return [];
  }
  const found = vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter(({ source, range }) => source === 'nestwise' && range.contains(editor.selection.active))
    .map(({ code }) => String(typeof code === 'object' ? code.value : code));
  return [...new Set(found)];
}

/** Show a page of Markdown as such, beside the code. False for other documents. */
export async function showPage(uri: vscode.Uri): Promise<boolean> {
  if (!uri.path.endsWith('.md')) {
    return false;
  }
  try {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    return true;
  } catch {
    return false; // The extension for Markdown is turned off: it is shown as text.
  }
}

import * as vscode from 'vscode';
import type { Range } from '../protocol';

/** Something that stands somewhere, as the server tells it. */
export interface Place {
  readonly uri: string;
  readonly range: Range;
}

function selection({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** What a tree runs on a click. */
export function openCommand(place: Place): vscode.Command {
  const options: vscode.TextDocumentShowOptions = { selection: selection(place.range) };
  return { title: 'Open', command: 'vscode.open', arguments: [vscode.Uri.parse(place.uri), options] };
}

export async function open(place: Place, options: vscode.TextDocumentShowOptions = {}): Promise<void> {
  const shown = { ...options, selection: selection(place.range) };
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), shown);
}

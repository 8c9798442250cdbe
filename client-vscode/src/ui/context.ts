import * as vscode from 'vscode';

/** Set `nestwise.KEY`, which `when` clauses of package.json ask for. */
export async function setContext(key: string, value: unknown): Promise<void> {
  await vscode.commands.executeCommand('setContext', `nestwise.${key}`, value);
}

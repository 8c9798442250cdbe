import * as vscode from 'vscode';
import type { Server, ServerState } from './server/server';

interface Look {
  readonly icon: string;
  /** After the name; nothing for most. */
  readonly text?: string;
  /** One sentence a line. */
  readonly words: string;
  readonly colour?: string;
}

const ERROR = 'statusBarItem.errorBackground';
const WARNING = 'statusBarItem.warningBackground';

/** The item in the status bar: what the server does; a click shows the output. */
export function statusItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('nestwise.status', vscode.StatusBarAlignment.Right, 100);
  item.name = 'nestwise';
  item.command = 'nestwise.showOutput';
  const show = (state: ServerState) => {
    const { icon, text, words, colour } = look(state);
    item.text = [`$(${icon})`, 'nestwise', text].filter(Boolean).join(' ');
    item.tooltip = tooltip(words);
    item.accessibilityInformation = { label: `nestwise: ${words}`, role: 'button' };
    item.backgroundColor = colour ? new vscode.ThemeColor(colour) : undefined;
    if (state.kind === 'off') {
      item.hide();
    } else {
      item.show();
    }
  };
  show(server.state);
  return vscode.Disposable.from(item, server.onDidChangeState(show));
}

function tooltip(words: string): vscode.MarkdownString {
  const commands = ['nestwise.restart', 'nestwise.showOutput', 'workbench.action.openSettings'];
  const [restart, output, settings] = commands;
  const markdown = new vscode.MarkdownString(undefined, true);
  markdown.isTrusted = { enabledCommands: commands };
  for (const line of words.split('\n')) {
    markdown.appendText(line).appendMarkdown('\n\n');
  }
  return markdown.appendMarkdown(
    `[Restart](command:${restart}) · [Output](command:${output}) · [Settings](command:${settings}?%22nestwise%22)`,
  );
}

function look(state: ServerState): Look {
  switch (state.kind) {
    case 'off':
      return { icon: 'circle-slash', words: 'not running' };
    case 'starting':
      return { icon: 'sync~spin', words: 'starting' };
    case 'failed':
      return { icon: 'error', words: state.message, colour: ERROR };
    case 'running': {
      const { status } = state;
      const words = `${status?.message || 'ready'}\nnestwise ${state.version} (${state.how})`;
      switch (status?.state) {
        case 'indexing': {
          const counts = status.total ? { text: `${status.done ?? 0}/${status.total}` } : {};
          return { icon: 'sync~spin', words, ...counts };
        }
        case 'error':
          return { icon: 'warning', words, colour: WARNING };
        default:
          return { icon: 'check', words };
      }
    }
  }
}

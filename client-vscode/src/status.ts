import * as vscode from 'vscode';
import type { Server, ServerState } from './server/server';

interface Look {
  readonly icon: string;
  readonly text?: string;
  readonly tooltip: string;
  readonly colour?: string;
}

/** The item in the status bar: what the server does; a click shows the output. */
export function statusItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('nestwise.status', vscode.StatusBarAlignment.Right, 100);
  item.name = 'nestwise';
  item.command = 'nestwise.showOutput';
  const show = (state: ServerState) => {
    const { icon, text, tooltip, colour } = look(state);
    item.text = [`$(${icon})`, 'nestwise', text].filter(Boolean).join(' ');
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `nestwise: ${tooltip}`, role: 'button' };
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

function look(state: ServerState): Look {
  switch (state.kind) {
    case 'off':
      return { icon: 'circle-slash', tooltip: 'not running' };
    case 'starting':
      return { icon: 'sync~spin', tooltip: 'starting' };
    case 'failed':
      return { icon: 'error', tooltip: state.message, colour: 'statusBarItem.errorBackground' };
    case 'running': {
      const { status } = state;
      const server = `nestwise ${state.version} (${state.how})`;
      switch (status?.state) {
        case 'indexing': {
          const counts = status.total ? `${status.done ?? 0}/${status.total}` : undefined;
          return { icon: 'sync~spin', text: counts, tooltip: `${status.message}\n${server}` };
        }
        case 'error':
          return {
            icon: 'warning',
            tooltip: `${status.message}\n${server}`,
            colour: 'statusBarItem.warningBackground',
          };
        default:
          return { icon: 'check', tooltip: `${status?.message || 'ready'}\n${server}` };
      }
    }
  }
}

import * as vscode from 'vscode';

/**
 * The trace of the conversation, as the setting `nestwise.trace.server` wants it.
 *
 * The client writes traces only to a channel whose level is Trace, a choice that hides in a command of VS Code:
 * here the setting is that level.
 */
export function traceChannel(): vscode.LogOutputChannel {
  const channel = vscode.window.createOutputChannel('nestwise trace');
  const level = () => {
    const wanted = vscode.workspace.getConfiguration('nestwise').get('trace.server', 'off');
    return wanted === 'off' ? vscode.LogLevel.Off : vscode.LogLevel.Trace;
  };
  const changed = new vscode.EventEmitter<vscode.LogLevel>();
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('nestwise.trace.server')) {
      changed.fire(level());
    }
  });
  const write = (text: string | Error) => channel.appendLine(`${new Date().toISOString()} ${text}`);
  const own = {
    get logLevel() {
      return level();
    },
    onDidChangeLogLevel: changed.event,
    trace: write,
    debug: write,
    info: write,
    warn: write,
    error: write,
    dispose: () => vscode.Disposable.from(subscription, changed, channel).dispose(),
  };
  return new Proxy(channel as vscode.LogOutputChannel, {
    get(target, key) {
      const source = key in own ? own : target;
      const value = Reflect.get(source, key, source);
      return typeof value === 'function' ? value.bind(source) : value;
    },
  });
}

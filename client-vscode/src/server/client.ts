import * as vscode from 'vscode';
import {
  type ClientCapabilities,
  type ErrorHandler,
  type InitializeParams,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { EXPERIMENTAL } from '../protocol';

/** Settings of nestwise are checked in the editor like code. */
const SELECTOR = [
  { scheme: 'file', language: 'typescript' },
  { scheme: 'file', language: 'typescriptreact' },
  { scheme: 'untitled', language: 'typescript' },
  { scheme: 'file', pattern: '**/{nestwise,package}.json' },
];

export interface ClientParts {
  readonly command: readonly string[];
  /** Where the server is started: in none of the opened folders. */
  readonly home: string;
  readonly output: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
  readonly folders: () => readonly vscode.WorkspaceFolder[];
  readonly errors: ErrorHandler;
  readonly showDocument: (uri: vscode.Uri) => Promise<boolean>;
}

/** A client that writes its errors to the output and leaves it to its owner to say one clear thing. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(data instanceof Error ? `${message} ${data.message}` : message, undefined, false);
  }
}

export function createClient(parts: ClientParts): LanguageClient {
  const [command = '', ...args] = parts.command;
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    outputChannel: parts.output,
    traceOutputChannel: parts.trace,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    errorHandler: parts.errors,
    middleware: {
      window: {
        showDocument: async (params, token, next) => {
          const shown = await parts.showDocument(vscode.Uri.parse(params.uri));
          return shown ? { success: true } : next(params, token);
        },
      },
      workspace: {
        workspaceFolders: () => parts.folders().map(asProtocol),
        // The folders that use Nest are told of by `tellFolders`.
        didChangeWorkspaceFolders: async () => {},
      },
    },
  };
  const server = { command, args: [...args, 'lsp'], options: { cwd: parts.home } };
  const client = new QuietClient('nestwise', 'nestwise', server, options);
  client.registerFeature(new Announced(parts.folders));
  return client;
}

/** Tell a running server that folders came or went. */
export function tellFolders(
  client: LanguageClient,
  event: vscode.WorkspaceFoldersChangeEvent,
): Promise<void> {
  const change = { added: event.added.map(asProtocol), removed: event.removed.map(asProtocol) };
  return client.sendNotification('workspace/didChangeWorkspaceFolders', { event: change });
}

/** What `initialize` says beyond LSP, and of which folders. */
class Announced implements StaticFeature {
  readonly #folders: () => readonly vscode.WorkspaceFolder[];

  constructor(folders: () => readonly vscode.WorkspaceFolder[]) {
    this.#folders = folders;
  }

  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...capabilities.experimental, ...EXPERIMENTAL };
  }

  fillInitializeParams(params: InitializeParams): void {
    params.workspaceFolders = this.#folders().map(asProtocol);
  }

  initialize(): void {}

  getState() {
    return { kind: 'static' as const };
  }

  clear(): void {}
}

function asProtocol(folder: vscode.WorkspaceFolder) {
  return { uri: folder.uri.toString(), name: folder.name };
}

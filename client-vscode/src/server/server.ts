import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  type LanguageClient,
  State,
} from 'vscode-languageclient/node';
import type { NestFolders } from '../nest/folders';
import type { Status } from '../protocol';
import { type Choice, choose, type Machine, type Wishes, whyNot } from '../start/choose';
import { createClient, tellFolders } from './client';
import { reasonOf } from './reason';
import { MOST_RESTARTS, Restarts } from './restarts';

/** What a user may want to know of the server. */
export type ServerState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly how: string; readonly version: string; readonly status?: Status }
  | { readonly kind: 'failed'; readonly message: string };

export interface ServerParts {
  /** `nestwise.enable`. */
  readonly enabled: () => boolean;
  readonly wishes: () => Wishes;
  readonly machine: Machine;
  /** A folder of ours that exists once the server was started. */
  readonly home: string;
  readonly output: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
  readonly folders: NestFolders;
  readonly showDocument: (uri: vscode.Uri) => Promise<boolean>;
  /** Nothing starts the server on this machine, or it does not run. */
  readonly onTrouble: (trouble: Exclude<Choice, { kind: 'found' }> | { kind: 'ended'; why: string }) => void;
}

/** The one server of this window: chosen, started, started again, stopped. */
export class Server implements vscode.Disposable {
  readonly #parts: ServerParts;
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  readonly #modelChanged = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #client: LanguageClient | undefined;
  /** What was chosen for this machine, without `lsp`. */
  #command: readonly string[] | undefined;
  #state: ServerState = { kind: 'off' };
  /** Starting and stopping take turns. */
  #turn: Promise<void> = Promise.resolve();

  readonly onDidChangeState = this.#stateChanged.event;
  /** Routes or graph may read otherwise now. */
  readonly onDidChangeModel = this.#modelChanged.event;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#subscription = parts.folders.onDidChange((event) => this.#foldersChanged(event));
  }

  get state(): ServerState {
    return this.#state;
  }

  get enabled(): boolean {
    return this.#parts.enabled();
  }

  start(): Promise<void> {
    return this.#next(async () => {
      const wanted = this.enabled && this.#parts.folders.all.length > 0;
      if (wanted && this.#client === undefined) {
        await this.#launch();
      }
    });
  }

  stop(): Promise<void> {
    return this.#next(() => this.#halt());
  }

  /** With another look at settings and interpreters. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ask the server; `undefined` while there is none, or where it cannot answer. */
  async ask<T>(method: string, params: object = {}): Promise<T | undefined> {
    if (this.#client?.state !== State.Running) {
      return undefined;
    }
    try {
      return await this.#client.sendRequest<T>(method, params);
    } catch (error) {
      this.#parts.output.warn(`${method}: ${error}`);
      return undefined;
    }
  }

  /** Run another command of the same nestwise; `undefined` if it went well, else why not. */
  async run(...args: string[]): Promise<string | undefined> {
    if (this.#command === undefined) {
      return 'nestwise is not running';
    }
    const outcome = await this.#parts.machine.run([...this.#command, ...args]);
    return outcome?.code === 0 ? undefined : whyNot(outcome);
  }

  async #launch(): Promise<void> {
    this.#become({ kind: 'starting' });
    const { output, home } = this.#parts;
    await mkdir(home, { recursive: true });
    const choice = await choose(this.#parts.wishes(), this.#parts.machine);
    if (choice.kind !== 'found') {
      const message = choice.kind === 'refused' ? `${choice.setting}: ${choice.why}` : 'no Python was found';
      this.#become({ kind: 'failed', message });
      this.#parts.onTrouble(choice);
      return;
    }
    this.#command = choice.command;
    output.info(`Starting ${choice.command.join(' ')} lsp (from ${choice.how})`);
    let started = false;
    const restarts = new Restarts();
    const ended = (): Awaited<ReturnType<ErrorHandler['closed']>> => {
      if (started && restarts.again(Date.now())) {
        this.#become({ kind: 'starting' });
        return {
          action: CloseAction.Restart,
          handled: true,
          message: 'The server ended and is started again.',
        };
      }
      if (started) {
        this.#fail(`The server ended ${MOST_RESTARTS + 1} times in three minutes.`);
      }
      return { action: CloseAction.DoNotRestart, handled: true };
    };
    const client = createClient({
      command: choice.command,
      home,
      output,
      trace: this.#parts.trace,
      folders: () => this.#parts.folders.all,
      showDocument: this.#parts.showDocument,
      errors: { error: () => ({ action: ErrorAction.Continue, handled: true }), closed: ended },
    });
    this.#client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && this.#client === client) {
        const version = client.initializeResult?.serverInfo?.version ?? '';
        this.#become({ kind: 'running', how: choice.how, version });
        this.#modelChanged.fire();
      }
    });
    client.onNotification('nestwise/status', (status: Status) => {
      if (this.#state.kind === 'running' && this.#client === client) {
        this.#become({ ...this.#state, status });
      }
    });
    client.onNotification('nestwise/modelChanged', () => this.#modelChanged.fire());
    try {
      await client.start();
      started = true;
    } catch (error) {
      this.#client = undefined;
      this.#fail(
        `\`${choice.command.join(' ')} lsp\` (from ${choice.how}) did not start: ${reasonOf(error)}.`,
      );
      await client.dispose().catch(() => undefined);
    }
  }

  async #halt(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#become({ kind: 'off' });
    this.#modelChanged.fire();
    await client?.dispose().catch((error) => this.#parts.output.warn(String(error)));
  }

  #fail(why: string): void {
    this.#parts.output.error(why);
    this.#become({ kind: 'failed', message: why });
    this.#modelChanged.fire();
    this.#parts.onTrouble({ kind: 'ended', why });
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }

  async #foldersChanged(event: vscode.WorkspaceFoldersChangeEvent): Promise<void> {
    if (this.#parts.folders.all.length === 0) {
      await this.stop();
    } else if (this.#client?.state === State.Running) {
      await tellFolders(this.#client, event);
    } else {
      await this.start();
    }
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch((error) => this.#parts.output.error(String(error)));
    return done;
  }

  dispose(): Promise<void> {
    this.#subscription.dispose();
    return this.stop();
  }
}

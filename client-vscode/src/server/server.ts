import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import type { NestFolders } from '../nest/folders';
import type { Status } from '../protocol';
import { type Choice, type Machine, type Wishes, whyNot } from '../start/choose';
import { forget, type Memory, recall } from '../start/remember';
import { createClient, tellFolders } from './client';
import { errorHandler } from './errors';
import { reasonOf } from './reason';
import { MOST_RESTARTS } from './restarts';
import type { Trouble } from './trouble';

type Found = Extract<Choice, { kind: 'found' }>;

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
  readonly memory: Memory;
  /** A folder of ours that exists once the server was started. */
  readonly home: string;
  readonly output: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
  readonly folders: NestFolders;
  readonly showDocument: (uri: vscode.Uri) => Promise<boolean>;
  /** Nothing starts the server on this machine, or it does not run. */
  readonly onTrouble: (trouble: Trouble) => void;
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

  /** Is there a server, or will there be one soon? */
  get alive(): boolean {
    return this.#state.kind === 'starting' || this.#state.kind === 'running';
  }

  get enabled(): boolean {
    return this.#parts.enabled();
  }

  start(): Promise<void> {
    return this.#next(() => this.#launchIfWanted());
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

  async #launchIfWanted(): Promise<void> {
    if (this.#client === undefined && this.enabled && this.#parts.folders.all.length > 0) {
      await this.#launch();
    }
  }

  async #launch(): Promise<void> {
    const { memory, wishes, machine, home, onTrouble } = this.#parts;
    this.#become({ kind: 'starting' });
    await mkdir(home, { recursive: true });
    const { choice, remembered } = await recall(wishes(), machine, memory);
    if (choice.kind !== 'found') {
      const message =
        choice.kind === 'refused' ? `${choice.setting}: ${choice.why}` : 'neither Python nor uv was found';
      this.#become({ kind: 'failed', message });
      onTrouble(choice);
      return;
    }
    const why = await this.#run(choice);
    if (why !== undefined && remembered) {
      await forget(memory);
      await this.#launch();
    } else if (why !== undefined) {
      this.#fail(`\`${choice.command.join(' ')} lsp\` (from ${choice.how}) did not start: ${why}.`);
    }
  }

  /** Start what was chosen; `undefined` once it runs, else why it does not. */
  async #run({ command, how }: Found): Promise<string | undefined> {
    const { output, trace, home, folders, showDocument } = this.#parts;
    output.info(`Starting ${command.join(' ')} lsp (from ${how})`);
    let started = false;
    const ended = (again: boolean) =>
      again
        ? this.#become({ kind: 'starting' })
        : this.#fail(`The server ended ${MOST_RESTARTS + 1} times in three minutes.`);
    const errors = errorHandler(() => started, ended);
    const client = createClient({
      command,
      home,
      output,
      trace,
      folders: () => folders.all,
      showDocument,
      errors,
    });
    this.#client = client;
    this.#command = command;
    client.onDidChangeState(({ newState }) => {
      if (this.#client !== client) {
        return;
      }
      if (newState === State.Running) {
        this.#become({ kind: 'running', how, version: client.initializeResult?.serverInfo?.version ?? '' });
        this.#modelChanged.fire();
      } else if (newState === State.StartFailed && started) {
        this.#fail('The server ended and could not be started again.');
      }
    });
    client.onNotification('nestwise/status', (status: Status) => {
      if (this.#client === client && this.#state.kind === 'running') {
        this.#become({ ...this.#state, status });
      }
    });
    client.onNotification('nestwise/modelChanged', () => this.#modelChanged.fire());
    try {
      await client.start();
      started = true;
      return undefined;
    } catch (error) {
      this.#client = undefined;
      await client.dispose().catch(() => undefined);
      return reasonOf(error);
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

  #foldersChanged(event: vscode.WorkspaceFoldersChangeEvent): Promise<void> {
    return this.#next(async () => {
      if (this.#parts.folders.all.length === 0) {
        await this.#halt();
      } else if (this.#client?.state === State.Running) {
        await tellFolders(this.#client, event);
      } else {
        await this.#launchIfWanted();
      }
    });
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

// Trying interpreters takes longer than the server's own start: what worked last time is taken again, as long as
// all that the choice was made of is the same.
import { type Choice, choose, type Machine, type Wishes } from './choose';

/** Where it is kept; VS Code's `Memento` is one. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

type Found = Extract<Choice, { kind: 'found' }>;

interface Kept {
  /** What it was made of. */
  readonly of: string;
  readonly choice: Found;
}

const KEY = 'nestwise.choice';

/** `remembered`: it may have stopped to be right, and then has to be forgotten. */
export async function recall(
  wishes: Wishes,
  machine: Machine,
  memory: Memory,
): Promise<{ readonly choice: Choice; readonly remembered: boolean }> {
  if (wishes.path.length > 0) {
    return { choice: await choose(wishes, machine), remembered: false };
  }
  const active = wishes.interpreter ? undefined : await machine.activePython();
  const of = JSON.stringify([wishes, machine.searched, active ?? null]);
  const kept = memory.get<Kept>(KEY);
  if (kept?.of === of) {
    return { choice: kept.choice, remembered: true };
  }
  const choice = await choose(wishes, { ...machine, activePython: async () => active });
  await memory.update(KEY, choice.kind === 'found' ? ({ of, choice } satisfies Kept) : undefined);
  return { choice, remembered: false };
}

export async function forget(memory: Memory): Promise<void> {
  await memory.update(KEY, undefined);
}

// Which command starts the server on this machine. Values in, values out: what touches the machine is a `Machine`.

/** What a program printed and how it ended. */
export interface Outcome {
  /** `null` if it had to be ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Where it looks for programs: `PATH`. */
  readonly searched: string;
  /** Run a program to its end, away from the opened folders; `undefined` if it could not be started. */
  run(command: readonly string[]): Promise<Outcome | undefined>;
  /** The interpreter that is active in the Python extension; `undefined` without that extension. */
  activePython(): Promise<string | undefined>;
}

export interface Wishes {
  /** `nestwise.path`, with variables replaced. */
  readonly path: readonly string[];
  /** `nestwise.interpreter`, likewise. */
  readonly interpreter: string;
  /** The version that `uvx` is asked for. */
  readonly version: string;
  /** The script that starts the bundled server; `undefined` in a package without libraries. */
  readonly script: string | undefined;
  /** Where the interpreter keeps byte code. */
  readonly byteCode: string;
}

/** One thing that was tried in vain, and why. */
export interface Attempt {
  readonly command: string;
  readonly why: string;
}

export type Choice =
  | { readonly kind: 'found'; readonly command: readonly string[]; readonly how: string }
  /** What a setting asks for does not work: nothing else is tried behind the user's back. */
  | { readonly kind: 'refused'; readonly setting: string; readonly why: string }
  /** `bundled`: would an interpreter have been enough? */
  | { readonly kind: 'missing'; readonly bundled: boolean; readonly tried: readonly Attempt[] };

const NEWEST_FIRST = ['3.14', '3.13', '3.12', '3.11'];

/** Interpreters by name, the preferred one first. */
export function interpreters(platform: NodeJS.Platform): string[][] {
  if (platform === 'win32') {
    return [['py', '-3'], ['python'], ['python3'], ...NEWEST_FIRST.map((version) => ['py', `-${version}`])];
  }
  return [...NEWEST_FIRST.map((version) => [`python${version}`]), ['python3'], ['python']];
}

/**
 * How an interpreter starts the bundled script.
 *
 * -I and -S: neither the opened folder nor PYTHON* variables nor installed packages have a say in what is imported.
 * The prefix: byte code halves the start, and the extension's own folder is not ours to write to.
 */
export function withScript(python: readonly string[], script: string, byteCode: string): string[] {
  return [...python, '-I', '-S', '-X', 'utf8', '-X', `pycache_prefix=${byteCode}`, script];
}

export async function choose(wishes: Wishes, machine: Machine): Promise<Choice> {
  if (wishes.path.length > 0) {
    return { kind: 'found', command: wishes.path, how: 'nestwise.path' };
  }
  if (wishes.interpreter) {
    const attempt = await tryPython([wishes.interpreter], wishes, machine);
    return 'why' in attempt
      ? { kind: 'refused', setting: 'nestwise.interpreter', why: attempt.why }
      : { kind: 'found', command: attempt.command, how: `nestwise.interpreter, Python ${attempt.version}` };
  }
  const tried: Attempt[] = [];
  for await (const python of candidates(wishes, machine)) {
    const attempt = await tryPython(python.command, wishes, machine);
    if (!('why' in attempt)) {
      return { kind: 'found', command: attempt.command, how: `${python.from}, Python ${attempt.version}` };
    }
    tried.push({ command: python.command.join(' '), why: attempt.why });
  }
  const uvx = await machine.run(['uvx', '--version']);
  if (uvx?.code === 0) {
    return { kind: 'found', command: ['uvx', `nestwise@${wishes.version}`], how: uvx.stdout.trim() };
  }
  const bundled = wishes.script !== undefined;
  return { kind: 'missing', bundled, tried: [...tried, { command: 'uvx', why: whyNot(uvx) }] };
}

async function* candidates(wishes: Wishes, machine: Machine) {
  if (wishes.script === undefined) {
    return;
  }
  const active = await machine.activePython();
  if (active) {
    yield { command: [active], from: 'the Python extension' };
  }
  for (const command of interpreters(machine.platform)) {
    yield { command, from: command.join(' ') };
  }
}

type Tried = { readonly command: readonly string[]; readonly version: string } | { readonly why: string };

/**
 * The script itself says whether it can run: it loads every library that is made for one version, system and
 * processor. So this also finds 32 bits on 64, Intel on Apple's processors, and builds without the GIL.
 */
async function tryPython(python: readonly string[], wishes: Wishes, machine: Machine): Promise<Tried> {
  if (wishes.script === undefined) {
    return {
      why: 'this package of the extension has no libraries for an interpreter; set nestwise.path instead',
    };
  }
  const outcome = await machine.run([...withScript(python, wishes.script, wishes.byteCode), '--selftest']);
  const said = outcome?.code === 0 ? readSelftest(outcome.stdout) : undefined;
  return said === undefined
    ? { why: whyNot(outcome) }
    : { command: withScript([said.executable], wishes.script, wishes.byteCode), version: said.version };
}

function readSelftest(stdout: string): { executable: string; version: string } | undefined {
  try {
    const { executable, version } = JSON.parse(stdout);
    return typeof executable === 'string' && typeof version === 'string'
      ? { executable, version }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Why a program did not do what it was run for. */
export function whyNot(outcome: Outcome | undefined): string {
  if (outcome === undefined) {
    return 'not found';
  }
  if (outcome.code === null) {
    return 'took too long';
  }
  const lines = outcome.stderr.trim().split(/\r?\n/);
  return lines[lines.length - 1] || `ended with code ${outcome.code}`;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Choice,
  choose,
  interpreters,
  type Machine,
  type Outcome,
  type Wishes,
  withScript,
} from '../src/start/choose';
import { forget, type Memory, recall } from '../src/start/remember';

const WISHES: Wishes = {
  path: [],
  interpreter: '',
  version: '1.2.3',
  script: '/ext/server.py',
  byteCode: '/pyc',
};

/** A machine on which these commands end like this; others are not there. */
function machine(
  programs: Record<string, Outcome>,
  more: Partial<Machine> = {},
): Machine & { ran: string[] } {
  const ran: string[] = [];
  return {
    platform: 'linux',
    searched: '/usr/bin',
    ran,
    run: async (command) => {
      const name = command.slice(0, command[1]?.match(/^-\d/) ? 2 : 1).join(' ');
      ran.push(name);
      return programs[name];
    },
    activePython: async () => undefined,
    ...more,
  };
}

const python = (executable: string, version = '3.12.1'): Outcome => ({
  code: 0,
  stdout: `${JSON.stringify({ executable, version })}\n`,
  stderr: '',
});
const old: Outcome = { code: 1, stdout: '', stderr: 'cpython 3.10.13 is no CPython of 3.11 to 3.14\n' };
const uvx: Outcome = { code: 0, stdout: 'uvx 0.13.9\n', stderr: '' };

function command(choice: Choice): readonly string[] {
  assert.equal(choice.kind, 'found', JSON.stringify(choice));
  return choice.kind === 'found' ? choice.command : [];
}

test('the setting with a command comes first, and nothing is run to find out more', async () => {
  const here = machine({ 'python3.14': python('/usr/bin/python3.14') });
  const choice = await choose({ ...WISHES, path: ['/venv/bin/nestwise'], interpreter: '/other' }, here);
  assert.deepEqual(choice, { kind: 'found', command: ['/venv/bin/nestwise'], how: 'nestwise.path' });
  assert.deepEqual(here.ran, []);
});

test('then the setting with an interpreter, which runs the bundled server', async () => {
  const choice = await choose(
    { ...WISHES, interpreter: '/opt/py' },
    machine({ '/opt/py': python('/opt/py') }),
  );
  assert.deepEqual(command(choice), withScript(['/opt/py'], '/ext/server.py', '/pyc'));
});

test('an interpreter that is asked for and cannot run it is no reason to take another one', async () => {
  const here = machine({ '/opt/py': old, python3: python('/usr/bin/python3') });
  const choice = await choose({ ...WISHES, interpreter: '/opt/py' }, here);
  const why = 'cpython 3.10.13 is no CPython of 3.11 to 3.14';
  assert.deepEqual(choice, { kind: 'refused', setting: 'nestwise.interpreter', why });
  assert.deepEqual(here.ran, ['/opt/py']);
});

test('then the environment of the Python extension', async () => {
  const programs = {
    '/env/bin/python': python('/env/bin/python'),
    'python3.14': python('/usr/bin/python3.14'),
  };
  const here = machine(programs, { activePython: async () => '/env/bin/python' });
  assert.equal(command(await choose(WISHES, here))[0], '/env/bin/python');
});

test('then what is on PATH, the newest by name first', async () => {
  const programs = {
    '/env/bin/python': old,
    'python3.12': python('/usr/bin/python3.12'),
    python3: python('/x'),
  };
  const here = machine(programs, { activePython: async () => '/env/bin/python' });
  assert.equal(command(await choose(WISHES, here))[0], '/usr/bin/python3.12');
  assert.deepEqual(here.ran, ['/env/bin/python', 'python3.14', 'python3.13', 'python3.12']);
});

test('Windows asks its launcher, and starts what that found', async () => {
  const here = machine(
    { 'py -3': old, 'py -3.13': python('C:\\Python313\\python.exe') },
    { platform: 'win32' },
  );
  assert.equal(command(await choose(WISHES, here))[0], 'C:\\Python313\\python.exe');
  assert.deepEqual(interpreters('win32')[0], ['py', '-3']);
});

test('then uvx with the version of the extension', async () => {
  const choice = await choose(WISHES, machine({ python3: old, uvx }));
  assert.deepEqual(command(choice), ['uvx', 'nestwise@1.2.3']);
});

test('a package without libraries asks no interpreter', async () => {
  const here = machine({ python3: python('/usr/bin/python3'), uvx });
  assert.deepEqual(command(await choose({ ...WISHES, script: undefined }, here)), ['uvx', 'nestwise@1.2.3']);
  assert.deepEqual(here.ran, ['uvx']);
});

test('whether an interpreter would do is told', async () => {
  const told = async (wishes: Wishes) => {
    const choice = await choose(wishes, machine({}));
    return choice.kind === 'missing' && choice.bundled;
  };
  assert.equal(await told(WISHES), true);
  assert.equal(await told({ ...WISHES, script: undefined }), false);
});

test('when there is nothing, it says what was tried and why not', async () => {
  const choice = await choose(
    WISHES,
    machine({ python3: old, python: { code: null, stdout: '', stderr: '' } }),
  );
  assert.equal(choice.kind, 'missing');
  assert.deepEqual(choice.kind === 'missing' && choice.tried.slice(4), [
    { command: 'python3', why: 'cpython 3.10.13 is no CPython of 3.11 to 3.14' },
    { command: 'python', why: 'took too long' },
    { command: 'uvx', why: 'not found' },
  ]);
});

test('an interpreter that prints something else is none', async () => {
  const chatty: Outcome = { code: 0, stdout: 'Hello!', stderr: '' };
  assert.equal((await choose(WISHES, machine({ python3: chatty }))).kind, 'missing');
});

function memory(): Memory {
  const kept = new Map<string, unknown>();
  return {
    get: <T>(key: string) => kept.get(key) as T | undefined,
    update: async (key, value) => {
      kept.set(key, value);
    },
  };
}

test('what worked is taken again without another try, until it is forgotten', async () => {
  const here = machine({ python3: python('/usr/bin/python3') });
  const kept = memory();
  const first = await recall(WISHES, here, kept);
  const tries = here.ran.length;
  assert.deepEqual(await recall(WISHES, here, kept), { choice: first.choice, remembered: true });
  assert.equal(here.ran.length, tries);
  await forget(kept);
  assert.deepEqual(await recall(WISHES, here, kept), first);
  assert.equal(here.ran.length, 2 * tries);
});

test('another setting, version, PATH or environment is another choice', async () => {
  const programs = { python3: python('/usr/bin/python3'), '/env/python': python('/env/python') };
  const here = machine(programs);
  const kept = memory();
  await recall(WISHES, here, kept);
  const others: [Wishes, Machine][] = [
    [{ ...WISHES, interpreter: '/env/python' }, here],
    [{ ...WISHES, version: '2.0.0' }, here],
    [WISHES, { ...here, searched: '/opt/bin' }],
    [WISHES, { ...here, activePython: async () => '/env/python' }],
  ];
  for (const [wishes, there] of others) {
    assert.equal((await recall(wishes, there, kept)).remembered, false);
    await recall(WISHES, here, kept);
  }
});

test('that nothing was found is not remembered, nor is a command of the settings', async () => {
  const kept = memory();
  assert.equal((await recall(WISHES, machine({}), kept)).choice.kind, 'missing');
  assert.equal((await recall(WISHES, machine({ uvx }), kept)).choice.kind, 'found');
  const wanted = { ...WISHES, path: ['nestwise'] };
  assert.equal((await recall(wanted, machine({}), kept)).remembered, false);
  assert.equal((await recall(wanted, machine({}), kept)).remembered, false);
});

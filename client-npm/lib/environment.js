'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { locked } = require('./lock.js');
const { environmentFolder, interpreter, isUsable } = require('./places.js');
const { AFTER, FIRST, RANGE, found } = require('./pythons.js');

/** @typedef {import('./places.js').Machine} Machine */

/**
 * The interpreter of an environment with this version of nestwise, which is made where there is none.
 *
 * @param {string} version
 * @param {Machine} machine
 * @returns {Promise<string>}
 * @throws an Error whose message says what to do
 */
async function ready(version, machine) {
  const folder = environmentFolder(version, machine);
  if (!isUsable(folder, machine.platform)) {
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    await locked(`${folder}.lock`, async () => {
      if (!isUsable(folder, machine.platform)) await make(folder, version, machine);
    });
  }
  return interpreter(folder, machine.platform);
}

/**
 * Make it beside its place, and move it there when it is whole.
 *
 * @param {string} folder
 * @param {string} version
 * @param {Machine} machine
 */
async function make(folder, version, machine) {
  const draft = `${folder}.${process.pid}`;
  const failures = [];
  for (const [name, steps] of ways(draft, version, machine)) {
    fs.rmSync(draft, { recursive: true, force: true });
    console.error(`nestwise ${version} is installed to ${folder}, once, with ${name} …`);
    const failure = firstFailure(steps);
    if (!failure) {
      // Whoever took our lock for a left-over one may have been first: what it runs from stays.
      if (!isUsable(folder, machine.platform)) {
        fs.rmSync(folder, { recursive: true, force: true });
        await move(draft, folder);
      }
      fs.rmSync(draft, { recursive: true, force: true });
      return;
    }
    failures.push(`with ${name}: ${failure}`);
  }
  fs.rmSync(draft, { recursive: true, force: true });
  if (failures.length > 0) throw new Error(`it could not be installed ${failures.join('\n')}`);
  throw new Error(nothingFound(machine));
}

/**
 * On Windows whoever looks at new files, as virus scanners do, keeps their folder from being moved for a moment.
 *
 * @param {string} from
 * @param {string} to
 */
async function move(from, to) {
  for (let wait = 50; ; wait *= 2) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? '';
      if (!['EACCES', 'EBUSY', 'EPERM'].includes(code) || wait > 2000) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/**
 * The ways to install it that this machine has, the best first: each a name and its commands.
 *
 * @param {string} draft
 * @param {string} version
 * @param {Machine} machine
 * @returns {Generator<[string, string[][]]>}
 */
function* ways(draft, version, machine) {
  const wanted = `nestwise==${version}`;
  const python = interpreter(draft, machine.platform);
  if (!machine.env.NESTWISE_PYTHON && !spawnSync('uv', ['--version'], { windowsHide: true }).error) {
    yield [
      'uv',
      [
        ['uv', 'venv', '--quiet', '--no-project', '--python', RANGE, draft],
        ['uv', 'pip', 'install', '--quiet', '--python', python, '--compile-bytecode', wanted],
      ],
    ];
  }
  const usable = found(machine).find((one) => !one.why);
  if (usable) {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
    yield [
      usable.command.join(' '),
      [
        [...usable.command, '-m', 'venv', draft],
        [python, ...pip, wanted],
      ],
    ];
  }
}

/**
 * What the first command that fails says; nothing if none does.
 *
 * @param {string[][]} steps
 * @returns {string | undefined}
 */
function firstFailure(steps) {
  for (const [program, ...args] of steps) {
    const done = spawnSync(program, args, { encoding: 'utf8', windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (done.error) return done.error.message;
    if (done.status !== 0) {
      const said = `${done.stdout}${done.stderr}`.trim();
      return `\`${[program, ...args].join(' ')}\` failed:\n${said}`;
    }
  }
  return undefined;
}

/** @param {Machine} machine */
function nothingFound(machine) {
  const range = `Python ${FIRST.join('.')} to ${AFTER[0]}.${AFTER[1] - 1}`;
  const seen = found(machine).map((one) => `  (${one.why})`);
  return [
    `this needs uv, or ${range}, and found neither.`,
    ...seen,
    'Install uv, which brings a Python by itself: https://docs.astral.sh/uv/',
    'or Python: https://www.python.org/downloads/',
    'and run the same command again. NESTWISE_PYTHON names a Python that is not on PATH.',
  ].join('\n');
}

module.exports = { ready };

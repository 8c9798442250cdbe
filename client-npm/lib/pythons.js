'use strict';

const { spawnSync } = require('node:child_process');

const FIRST = [3, 11];
const AFTER = [3, 15];
const RANGE = `>=${FIRST.join('.')},<${AFTER.join('.')}`;

const ASK = `
import sys
print(*sys.version_info[:2])
import ensurepip, venv
print("makes environments")
`;

/**
 * @typedef {object} Python
 * @property {string[]} command
 * @property {string} [why] why it cannot be used
 */

/**
 * The commands that may start a Python, the likeliest first.
 *
 * @param {import('./places.js').Machine} machine
 * @returns {string[][]}
 */
function candidates({ platform, env }) {
  if (env.NESTWISE_PYTHON) return [[env.NESTWISE_PYTHON]];
  if (platform === 'win32') return [['py', '-3'], ['python'], ['python3']];
  const named = [];
  for (let minor = AFTER[1] - 1; minor >= FIRST[1]; minor--) named.push([`python3.${minor}`]);
  return [['python3'], ...named, ['python']];
}

/**
 * Judge an interpreter by what it says to `ASK`.
 *
 * @param {string[]} command
 * @param {string} said
 * @returns {Python}
 */
function judged(command, said) {
  const name = command.join(' ');
  const version = /^(\d+) (\d+)/.exec(said);
  if (!version) return { command, why: `\`${name}\` is no Python` };
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const fits = major === 3 && minor >= FIRST[1] && minor < AFTER[1];
  if (!fits) return { command, why: `\`${name}\` is Python ${major}.${minor}` };
  if (said.includes('makes environments')) return { command };
  const remedy = 'on Debian and Ubuntu, install the package python3-venv';
  return { command, why: `\`${name}\` cannot make environments (${remedy})` };
}

/**
 * The interpreters of this machine, up to the first that can be used.
 *
 * @param {import('./places.js').Machine} machine
 * @returns {Python[]}
 */
function found(machine) {
  const all = [];
  for (const command of candidates(machine)) {
    const [program, ...args] = command;
    const done = spawnSync(program, [...args, '-I', '-c', ASK], { encoding: 'utf8', windowsHide: true });
    if (done.error && !machine.env.NESTWISE_PYTHON) continue;
    const python = judged(command, done.stdout ?? '');
    all.push(python);
    if (!python.why) break;
  }
  return all;
}

module.exports = { AFTER, FIRST, RANGE, candidates, found, judged };

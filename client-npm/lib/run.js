'use strict';

const { spawn } = require('node:child_process');

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Run a program in the place of this one: its streams are ours, signals reach it, and we end as it ends.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>} the exit code; where a signal ended it, we are ended by the same one
 */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', windowsHide: true });
    /** @type {(signal: NodeJS.Signals) => void} */
    const pass = (signal) => {
      // A terminal sends its Ctrl+C to both of us.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const one of SIGNALS) process.off(one, pass);
      if (signal) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}

module.exports = { run };

'use strict';

const fs = require('node:fs');

const EVERY = 100; // milliseconds between two looks
const STALE = 10 * 60 * 1000; // longer than any installation takes

/**
 * Do some work that only one process may do at a time; the others wait.
 *
 * @template T
 * @param {string} file names the lock; its folder exists
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function locked(file, work) {
  while (!taken(file)) {
    if (isLeftOver(file)) fs.rmSync(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** @param {string} file */
function taken(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Was it left behind by a process that is no more?
 *
 * @param {string} file
 */
function isLeftOver(file) {
  let owner;
  let age;
  try {
    owner = Number(fs.readFileSync(file, 'utf8'));
    age = Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return false; // gone by now: try again
  }
  if (age > STALE) return true;
  if (!owner) return age > 1000; // its owner has not written its number yet
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

module.exports = { locked };

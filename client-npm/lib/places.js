'use strict';

const fs = require('node:fs');
const nodePath = require('node:path');

/**
 * @typedef {object} Machine What is asked of `process`; tests give others.
 * @property {NodeJS.Platform} platform
 * @property {string} arch
 * @property {Record<string, string | undefined>} env
 */

/**
 * The folder in which environments are kept; it may be deleted at any time.
 *
 * @param {Machine} machine
 * @returns {string}
 */
function cacheFolder({ platform, env }) {
  const path = platform === 'win32' ? nodePath.win32 : nodePath.posix;
  if (env.NESTWISE_CACHE_DIR) return path.join(env.NESTWISE_CACHE_DIR, 'npm');
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA || path.join(env.USERPROFILE || 'C:\\', 'AppData', 'Local');
    return path.join(local, 'nestwise', 'npm');
  }
  const home = env.HOME || '/';
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'nestwise', 'npm');
  return path.join(env.XDG_CACHE_HOME || path.join(home, '.cache'), 'nestwise', 'npm');
}

/**
 * The environment of a version.
 *
 * @param {string} version
 * @param {Machine} machine
 * @returns {string}
 */
function environmentFolder(version, machine) {
  const path = machine.platform === 'win32' ? nodePath.win32 : nodePath.posix;
  return path.join(cacheFolder(machine), `${version}-${machine.platform}-${machine.arch}`);
}

/**
 * The interpreter in an environment.
 *
 * @param {string} folder
 * @param {NodeJS.Platform} platform
 * @returns {string}
 */
function interpreter(folder, platform) {
  return platform === 'win32'
    ? nodePath.win32.join(folder, 'Scripts', 'python.exe')
    : nodePath.posix.join(folder, 'bin', 'python');
}

/**
 * Can it be used? Not if the Python that it was made of is gone.
 *
 * @param {string} folder
 * @param {NodeJS.Platform} platform
 * @returns {boolean}
 */
function isUsable(folder, platform) {
  if (!fs.existsSync(interpreter(folder, platform))) return false;
  const told = fs.readFileSync(nodePath.join(folder, 'pyvenv.cfg'), 'utf8');
  const home = /^home\s*=\s*(.+?)\s*$/m.exec(told);
  return home !== null && fs.existsSync(home[1]);
}

module.exports = { cacheFolder, environmentFolder, interpreter, isUsable };

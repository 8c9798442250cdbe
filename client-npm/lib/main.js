'use strict';

const { version } = require('../package.json');
const { ready } = require('./environment.js');
const { run } = require('./run.js');

/**
 * Run nestwise with these arguments; where it is not installed yet, install it first.
 *
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
async function main(args) {
  const python = await ready(version, process);
  // -I: nothing is imported from the folder that is checked, nor from what PYTHONPATH names.
  return run(python, ['-I', '-m', 'nestwise', ...args]);
}

module.exports = { main };

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { cacheFolder, environmentFolder, interpreter } = require('../lib/places.js');
const { candidates, judged } = require('../lib/pythons.js');

/** @type {(platform: NodeJS.Platform, env: Record<string, string>) => import('../lib/places.js').Machine} */
const machine = (platform, env) => ({ platform, arch: 'x64', env });

test('each system has its cache folder', () => {
  const windows = machine('win32', { LOCALAPPDATA: 'C:\\Users\\Zoé Bär\\AppData\\Local' });
  assert.equal(environmentFolder('0.1.0', windows), 'C:\\Users\\Zoé Bär\\AppData\\Local\\nestwise\\npm\\0.1.0-win32-x64');
  assert.equal(cacheFolder(machine('darwin', { HOME: '/Users/z' })), '/Users/z/Library/Caches/nestwise/npm');
  assert.equal(cacheFolder(machine('linux', { HOME: '/home/z' })), '/home/z/.cache/nestwise/npm');
  assert.equal(cacheFolder(machine('linux', { HOME: '/home/z', XDG_CACHE_HOME: '/c' })), '/c/nestwise/npm');
  assert.equal(cacheFolder(machine('win32', { USERPROFILE: 'C:\\Z' })), 'C:\\Z\\AppData\\Local\\nestwise\\npm');
  assert.equal(cacheFolder(machine('linux', { NESTWISE_CACHE_DIR: '/n' })), '/n/npm');
});

test('the interpreter is where each system puts it', () => {
  assert.equal(interpreter('C:\\n', 'win32'), 'C:\\n\\Scripts\\python.exe');
  assert.equal(interpreter('/n', 'linux'), '/n/bin/python');
});

test('the launcher of Windows comes first there, and a named Python alone', () => {
  assert.deepEqual(candidates(machine('win32', {}))[0], ['py', '-3']);
  assert.deepEqual(candidates(machine('linux', {}))[0], ['python3']);
  assert.deepEqual(candidates(machine('linux', { NESTWISE_PYTHON: '/p' })), [['/p']]);
});

test('an interpreter is judged by what it says', () => {
  assert.equal(judged(['python3'], '3 13\nmakes environments\n').why, undefined);
  assert.match(judged(['python3'], '3 9\nmakes environments\n').why ?? '', /is Python 3\.9/);
  assert.match(judged(['python3'], '3 15\nmakes environments\n').why ?? '', /is Python 3\.15/);
  assert.match(judged(['python3'], '3 11\n').why ?? '', /python3-venv/);
  assert.match(judged(['python'], '').why ?? '', /is no Python/);
});

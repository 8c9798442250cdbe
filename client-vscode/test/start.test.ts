import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonOf } from '../src/server/reason';
import { MOST_RESTARTS, Restarts, WITHIN } from '../src/server/restarts';
import { expand } from '../src/start/variables';

test('settings may name the folder and the home', () => {
  const replaced = (text: string, folder: string | undefined = '/w$1') => expand(text, folder, '/home/é');
  assert.equal(replaced('${workspaceFolder}/.venv/bin/python'), '/w$1/.venv/bin/python');
  assert.equal(replaced('~/bin/${userHome}'), '/home/é/bin//home/é');
  assert.equal(replaced('a~b ${other}'), 'a~b ${other}');
  assert.equal(expand('${workspaceFolder}/x', undefined, '/h'), '${workspaceFolder}/x');
});

test('a server that keeps ending is given up, one that ends now and then is not', () => {
  const often = new Restarts();
  const answers = Array.from({ length: MOST_RESTARTS + 1 }, (_, index) => often.again(index * 1000));
  assert.deepEqual(answers, [...Array(MOST_RESTARTS).fill(true), false]);
  const rarely = new Restarts();
  assert.ok(Array.from({ length: 20 }, (_, index) => rarely.again(index * WITHIN)).every(Boolean));
});

test('why it did not start is said without pipes and connections', () => {
  const reasons: [unknown, string][] = [
    [new Error('Launching server using command x failed. Error: spawn x ENOENT'), 'there is no such program'],
    [new Error('spawn /x EACCES'), 'that file may not be executed'],
    [new Error('write EPIPE'), 'it ended before it answered; what it said last is in the output'],
    [
      new Error('Pending response rejected since connection got disposed'),
      'it ended before it answered; what it said last is in the output',
    ],
    ['something else', 'something else'],
  ];
  for (const [error, reason] of reasons) {
    assert.equal(reasonOf(error), reason);
  }
});

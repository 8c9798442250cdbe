import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dependsOnNest } from '../src/nest/manifest';

test('any group of dependencies may name Nest', () => {
  for (const group of ['dependencies', 'devDependencies', 'peerDependencies']) {
    assert.equal(dependsOnNest(JSON.stringify({ [group]: { '@nestjs/common': '11' } })), true, group);
  }
});

test('other packages, other places and what is no manifest are not Nest', () => {
  const texts = [
    '{"dependencies": {"nestjs-zod": "4", "express": "5"}}',
    '{"name": "@nestjs/common"}',
    '{"dependencies": null}',
    '[]',
    'null',
    '{"dependencies": {"@nestjs/comm',
    '',
  ];
  for (const text of texts) {
    assert.equal(dependsOnNest(text), false, text);
  }
});

test('a byte order mark does not matter', () => {
  assert.equal(dependsOnNest('\uFEFF{"dependencies": {"@nestjs/core": "*"}}'), true);
});

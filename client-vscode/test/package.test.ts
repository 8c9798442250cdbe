import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = process.cwd();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n');
const said = JSON.stringify(manifest);
const all = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();

test('every command of the manifest does something, and every other is in the manifest', () => {
  const named = contributes.commands.map(({ command }: { command: string }) => command).sort();
  assert.deepEqual(all(source, /[cC]ommand\(\s*'(nestwise\.[\w.]+)'/g), named);
});

test('menus, welcomes and walkthroughs name commands that there are', () => {
  const named = new Set([
    ...contributes.commands.map(({ command }: { command: string }) => command),
    'nestwise.routes.focus',
    'nestwise.explain',
  ]);
  const used = all(said, /(?:"command":"|command:)(nestwise\.[\w.]+)/g);
  assert.deepEqual(
    used.filter((name) => !named.has(name)),
    [],
  );
});

test('when clauses ask for keys that somebody sets', () => {
  const keys = new Set(all(source, /setContext\(\s*'([\w.]+)'/g).map((key) => `nestwise.${key}`));
  const asked = all(said, /(?:&& |!|"when":"|"enablement":")!?(nestwise\.[\w.]+)/g);
  assert.ok(asked.length >= 4, asked.join());
  assert.deepEqual(
    asked.filter((key) => !keys.has(key)),
    [],
  );
});

test('every setting that is read is described, and the README tells of all', () => {
  const settings = Object.keys(contributes.configuration.properties);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const name of settings) {
    const { description, markdownDescription } = contributes.configuration.properties[name];
    assert.ok((description ?? markdownDescription)?.endsWith('.'), name);
    assert.ok(readme.includes(`| \`${name}\` |`), name);
    assert.ok(source.includes(name.replace('nestwise.', "'")), `${name} is never read`);
  }
});

test('settings that start programs count in trusted folders alone', () => {
  const { untrustedWorkspaces } = manifest.capabilities;
  for (const name of ['nestwise.path', 'nestwise.interpreter']) {
    assert.ok(untrustedWorkspaces.restrictedConfigurations.includes(name));
    assert.equal(contributes.configuration.properties[name].scope, 'machine-overridable');
  }
});

test('files that the manifest names are there', () => {
  const named = all(said, /"((?:images|walkthrough)\/[^"]+|\.\/package[^"]+)"/g);
  assert.ok(named.length > 6, named.join());
  for (const name of named) {
    assert.ok(readFileSync(join(root, name)).length > 0, name);
  }
});

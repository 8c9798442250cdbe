// Several folders in one window: some with Nest, and one without.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const { suite, until, at, open, finding, findings, servers } = require('./harness');

const test = suite(__filename);
/** A window on several folders knows them late, and seldom never: then another one is opened, as no test has begun. */
exports.run = async () => {
  await until('the folders of the window', () => vscode.workspace.workspaceFolders?.length === 4, 15_000);
  await test.run();
};

const SERVICE = 'src/cats.service.ts';
const RULE = 'logging/no-console';

/** Waited for, since it may have been closed and opened again. */
function folder(name) {
  return until(`the folder ${name}`, () => vscode.workspace.workspaceFolders?.find((one) => one.name === name));
}

test('each folder with Nest is checked, by one server', async () => {
  for (const name of ['cats é😀', 'dogs']) {
    const { document } = await open(SERVICE, await folder(name));
    const found = await finding(document, RULE);
    assert.equal(document.getText(found.range), 'console.log');
  }
  assert.equal(servers().length, 1);
});

test('a folder without Nest is left alone', async () => {
  const { document } = await open(SERVICE, await folder('cats é😀'));
  await finding(document, RULE);
  const plain = await open('src/cats.service.ts', await folder('plain'));
  await vscode.commands.executeCommand('vscode.executeHoverProvider', plain.document.uri, new vscode.Position(0, 0));
  assert.deepEqual(findings(plain.document.uri), []);
});

test('nestwise.json counts for its own folder', async () => {
  const there = await open(SERVICE, await folder('dogs'));
  const here = await open(SERVICE, await folder('cats é😀'));
  await finding(here.document, RULE);
  const file = at('nestwise.json', await folder('cats é😀')).fsPath;
  fs.writeFileSync(file, JSON.stringify({ rules: { [RULE]: 'off' } }));
  try {
    await until('no finding', () => findings(here.document.uri).length === 0);
    await finding(there.document, RULE);
  } finally {
    fs.unlinkSync(file);
  }
  await finding(here.document, RULE);
});

test('files that are not open are checked as long as their folder is', async () => {
  const birds = await folder('birds');
  const uri = at(SERVICE, birds);
  await until('the finding', () => findings(uri, RULE).length === 1);
  assert.ok(vscode.workspace.updateWorkspaceFolders(birds.index, 1));
  await until('no finding', () => findings(uri).length === 0);
  assert.ok(vscode.workspace.updateWorkspaceFolders(birds.index, 0, { uri: birds.uri, name: birds.name }));
  await until('the finding again', () => findings(uri, RULE).length === 1);
});

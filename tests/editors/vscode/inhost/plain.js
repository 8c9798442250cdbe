// A folder that does not use Nest, until it does.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const { suite, at, open, finding, findings, servers, started } = require('./harness');

const test = suite(__filename);
exports.run = test.run;

test('nothing is started in a folder without Nest', async () => {
  const { document } = await open('src/cats.service.ts');
  const extension = vscode.extensions.getExtension('nestwise.nestwise');
  assert.ok(extension, 'the extension is not installed');
  await extension.activate();
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    assert.deepEqual(started(), []);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(findings(document.uri), []);
});

test('it is started when the folder comes to use Nest', async () => {
  const { document } = await open('src/cats.service.ts');
  const manifest = at('package.json').fsPath;
  const before = fs.readFileSync(manifest, 'utf8');
  fs.writeFileSync(manifest, before.replace('"dependencies": {', '"dependencies": { "@nestjs/common": "^11.0.0",'));
  const found = await finding(document, 'logging/no-console');
  assert.equal(document.getText(found.range), 'console.log');
  assert.equal(servers().length, 1);
});

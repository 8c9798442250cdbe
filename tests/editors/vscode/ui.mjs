// What a user sees and does in the window: the page of VS Code, driven by mouse and keyboard.
// Standard input: {"served", "browser", "shots", "opened"}

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { windowOf, withPage } from './browser.mjs';
import suites from './suite.js';
import { window } from './window.mjs';

const { suite, until } = suites;
const given = JSON.parse(await new Response(process.stdin).text());
const onDisk = (file) => fs.readFileSync(path.join(given.opened, file), 'utf8');
let vscode;

const test = suite(import.meta.filename, {
  before: () => vscode.tidy(),
  failed: (name) => vscode.shot(`failed ${name}`),
});

test('code that is typed behind é and 😀 is underlined where it stands', async () => {
  await vscode.open('src/visits/guestbook.service.ts');
  await vscode.typeBehind('silence();', "\n/* é😀 */ console.log('é😀', 'été');");
  await until('the line under console.log', async () => {
    const [text, line] = await Promise.all([vscode.place('console.log'), vscode.squiggle()]);
    return text && line && Math.abs(line.left - text.left) < 3 && Math.abs(line.right - text.right) < 3;
  });
  await vscode.shot('squiggle');
  await vscode.press('Control+s');
});

test('hovering over a line shows what is wrong', async () => {
  await vscode.open('src/reports/reports.controller.ts');
  await vscode.hover('replica!');
  const hover = vscode.page.locator('.monaco-hover:visible', { hasText: 'is injected into this controller' });
  await hover.first().waitFor();
  await vscode.shot('hover');
});

test('a problem is listed, and Ctrl+. mends it', async () => {
  await vscode.open('src/visits/greeting.service.ts');
  await until('the line', () => vscode.squiggle());
  await vscode.run('Problems: Focus on Problems View');
  await vscode.row('.markers-panel-container', 'logging/sensitive-data').first().waitFor();
  await vscode.shot('problems');
  const filter = vscode.page.locator('.viewpane-filter input').first();
  await filter.fill('greeting');
  await vscode.row('.markers-panel-container', "`console.log` bypasses Nest's `Logger`").first().dblclick();
  await vscode.status(/^Ln 7, Col 25 \(11 selected\)$/).waitFor();
  await vscode.cursorAt('console.log');
  await vscode.offered('Use `this.logger.log`');
  await vscode.shot('quick-fix');
  await vscode.press('Enter');
  await until('the line to go', async () => !(await vscode.squiggle()));
  await vscode.press('Control+s');
  await until('the file to change', () => onDisk('src/visits/greeting.service.ts').includes('this.logger.log'));
  assert.match(onDisk('src/visits/greeting.service.ts'), /\/\* é😀 \*\/ this\.logger\.log\('é😀', name\);/);
  await filter.fill('');
});

test('a quick fix of several files writes them all', async () => {
  await vscode.open('src/payments/payments.controller.ts');
  await vscode.goTo(28, 25);
  await until('the line', () => vscode.squiggle());
  await vscode.offered('Create `ConfirmDto` for `body`');
  await vscode.shot('findings');
  await vscode.press('Enter');
  await until('the class to be used', () => vscode.place('@Body() body: ConfirmDto'));
  await vscode.run('File: Save All');
  const made = path.join(given.opened, 'src/payments/dto/confirm.dto.ts');
  await until('the files to change', () => fs.existsSync(made) && fs.readFileSync(made, 'utf8'));
  assert.match(onDisk('src/payments/dto/confirm.dto.ts'), /export class ConfirmDto/);
  await until('the import', () => /import .*ConfirmDto.*confirm\.dto'/.test(onDisk('src/payments/payments.controller.ts')));
});

test('the view of routes says what guards each, and opens its handler', async () => {
  await vscode.run('nestwise: Focus on Routes View');
  await vscode.widen('.part.sidebar', 420);
  await vscode.node('OrdersModule').click();
  const thank = vscode.node('POST /api/v1/gifts/:id/thanks', 'GiftsController.thank');
  await thank.waitFor();
  const icon = async (label) => vscode.icon(vscode.node(label));
  assert.equal(await vscode.icon(thank), 'workspace-untrusted');
  assert.equal(await icon('GET /api/v1/gifts/all'), 'workspace-trusted');
  assert.equal(await icon('GET /api/v1/gifts/:id'), 'workspace-unknown');
  await thank.click();
  await vscode.tab('gifts.controller.ts').waitFor();
  await vscode.status('Ln 63, Col 8 (5 selected)').waitFor();
  await vscode.shot('routes');
  await vscode.node('OrdersModule').click();
});

test('routes are grouped by path, and filtered by words', async () => {
  await vscode.run('nestwise: Focus on Routes View');
  await vscode.run('nestwise: Group Routes by Path');
  await vscode.node('/health', '2, 2 unguarded').click();
  await vscode.node('GET', 'HealthController.live').waitFor();
  await vscode.run('nestwise: Filter Routes');
  await vscode.answer('delete unguarded refunds');
  await vscode.node('DELETE /backoffice/refunds/:orderId', 'RefundsController.withdraw').waitFor();
  await vscode.page.locator('.part.sidebar .message', { hasText: 'Filter: delete unguarded refunds' }).waitFor();
  await vscode.shot('routes-by-path');
  assert.equal(await vscode.node('/health').count(), 0);
  await vscode.run('nestwise: Clear Filter of Routes');
  await vscode.node('/health', '2, 2 unguarded').waitFor();
  await vscode.run('nestwise: Group Routes by Module');
  await vscode.node('HealthModule').waitFor();
});

test('the graph of modules is drawn, and a click on one opens it', async () => {
  await vscode.run('nestwise: Show Module Graph');
  const graph = await vscode.webview('#graph');
  await graph.locator('.box', { hasText: 'CatalogueModule' }).waitFor();
  assert.ok((await graph.locator('.box').count()) > 10);
  // As long as a hand takes: the drawing makes room for the details meanwhile.
  await graph.locator('.box', { hasText: 'OrdersModule' }).click({ delay: 200 });
  await vscode.page.locator('.tab', { hasText: 'orders.module.ts' }).waitFor();
  assert.match(await graph.locator('#details').innerText(), /OrdersModule[^]*CatalogueModule/);
  await vscode.run('View: Close Editors in Other Groups');
  await vscode.page.locator('.tab', { hasText: 'orders.module.ts' }).waitFor({ state: 'detached' });
  await graph.locator('#fit').click();
  await vscode.shot('graph');
});

test('the item of the status bar says that all was read, and shows the output', async () => {
  const item = vscode.status('nestwise');
  await item.waitFor();
  assert.match(await item.getAttribute('aria-label'), /files of NestJS packages/);
  await item.click();
  await vscode.page.locator('.part.panel .view-line', { hasText: 'files of NestJS packages' }).first().waitFor();
  await vscode.shot('output');
});

test('the page of the rule at the cursor is shown', async () => {
  await vscode.open('src/users/users.service.ts');
  await vscode.goTo(34, 30);
  await vscode.run('nestwise: Show Rule Page');
  const page = await vscode.webview('h1');
  assert.equal(await page.locator('h1').first().innerText(), 'logging/no-console');
  await vscode.shot('rule');
});

test('the walkthrough shows what there is', async () => {
  await vscode.run('Welcome: Open Walkthrough...');
  await vscode.pick('nestwise');
  await vscode.page.locator('.getting-started-step', { hasText: 'Every route, and what guards it' }).waitFor();
  await vscode.shot('walkthrough');
});

await withPage(given.browser, { width: 1180, height: 700 }, async (page) => {
  await page.goto(windowOf(given.served, given.opened));
  vscode = await window(page, given.shots);
  await vscode.status('nestwise').waitFor({ timeout: 60_000 });
  await test.run();
});

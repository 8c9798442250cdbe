// A window of VS Code, as hands and eyes know it.

import path from 'node:path';

export async function window(page, shots) {
  page.setDefaultTimeout(30_000);
  await page.waitForSelector('.monaco-workbench .part.statusbar');

  const press = (keys) => page.keyboard.press(keys);
  const shot = (name) => page.screenshot({ path: path.join(shots, `vscode-${name.replace(/\W+/g, '-')}.png`) });

  /** The row of a list with a text. */
  const row = (list, hasText) => page.locator(`${list} .monaco-list-row`, { hasText });

  /** The tab of the active editor. */
  const tab = (hasText) => page.locator('.tab.active', { hasText });

  /** The item of the status bar with a text. */
  const status = (hasText) => page.locator('.part.statusbar .statusbar-item', { hasText });

  /** Picks the first that is offered for a text. */
  async function pick(typed, offered = typed) {
    const input = page.locator('.quick-input-widget:visible input').first();
    await input.fill(typed);
    await row('.quick-input-widget', offered).first().waitFor();
    await press('Enter');
  }

  /** A file in the editor, by its path in the folder. */
  async function open(file) {
    await press('Control+p');
    await pick(file, path.basename(file));
    await tab(path.basename(file)).waitFor();
    await page.waitForSelector('.monaco-editor .view-line');
  }

  /** The cursor to a line and a column, which count from 1. */
  async function goTo(line, column) {
    await press('Control+g');
    await answer(`:${line}:${column}`);
    await status(`Ln ${line}, `).waitFor();
  }

  /** A command of the palette, by its title. */
  async function run(title) {
    await press('F1');
    await pick(`>${title}`, title);
  }

  /** No editor, no side bar, no panel, nothing that pops up. */
  async function tidy() {
    await press('Escape');
    await page.mouse.move(640, 5);
    if (await page.locator('.part.sidebar').isVisible()) await run('View: Toggle Primary Side Bar Visibility');
    if (await page.locator('.part.panel').isVisible()) await run('View: Hide Panel');
    if (await page.locator('.tab').count()) await run('View: Close All Editors');
    await page.locator('.tab').first().waitFor({ state: 'detached' });
  }

  /** A part of the window on the left side that many pixels wide. */
  async function widen(part, width) {
    const { x, y, width: before, height } = await page.locator(part).boundingBox();
    await page.mouse.move(x + before, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width, y + height / 2, { steps: 5 });
    await page.mouse.up();
  }

  /** Where a text of the active editor is on the screen. */
  const place = (text) => page.evaluate(placeOf, text);

  /** Where the first line under code of the active editor is on the screen. */
  const squiggle = () => page.evaluate(squiggleOf);

  async function cursorAt(text) {
    const { left, top, bottom } = await place(text);
    await page.mouse.click(left + 1, (top + bottom) / 2);
  }

  async function hover(text) {
    const { left, top, bottom } = await place(text);
    await page.mouse.move(left + 5, (top + bottom) / 2, { steps: 4 });
  }

  async function typeBehind(text, typed) {
    await cursorAt(text);
    await press('End');
    await page.keyboard.type(typed);
  }

  /** A node of the tree in the side bar. */
  function node(label, description = '') {
    const name = page.locator('.label-name', { hasText: whole(label) });
    const rows = page.locator('.part.sidebar .monaco-list-row').filter({ has: name });
    return description ? rows.filter({ hasText: description }).first() : rows.first();
  }

  /** The name of the icon of a node. */
  async function icon(of) {
    const classes = await of.locator('.custom-view-tree-node-item-icon').getAttribute('class');
    return /codicon-([\w-]+)/.exec(classes)?.[1];
  }

  /** What an extension draws: the frame that has an element. */
  async function webview(selector) {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      for (const frame of page.frames().filter((one) => one !== page.mainFrame())) {
        if (await frame.locator(selector).first().isVisible().catch(() => false)) return frame;
      }
      await page.waitForTimeout(100);
    }
    throw new Error(`no frame has ${selector}`);
  }

  /** What Ctrl+. offers at the cursor; VS Code closes the list again when something else of it becomes ready. */
  async function offered(title) {
    const action = row('.action-widget', title).first();
    for (let tries = 1; ; tries++) {
      await press('Control+.');
      try {
        return await action.waitFor({ timeout: 5_000 });
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  }

  /** Types into the box that asks. */
  async function answer(text) {
    await page.locator('.quick-input-widget:visible input').first().fill(text);
    await press('Enter');
  }

  return { page, press, shot, row, tab, tidy, widen, status, pick, answer, offered, goTo, open, run, node, icon, webview, place, squiggle, cursorAt, hover, typeBehind };
}

// These two run in the page.

function placeOf(text) {
  for (const line of document.querySelectorAll('.editor-instance .view-line')) {
    const start = line.textContent.replace(/\u00a0/g, ' ').indexOf(text);
    if (start < 0) continue;
    const range = document.createRange();
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let passed = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { length } = node.data;
      if (start >= passed && start < passed + length) range.setStart(node, start - passed);
      if (start + text.length > passed && start + text.length <= passed + length) {
        range.setEnd(node, start + text.length - passed);
        return range.getBoundingClientRect().toJSON();
      }
      passed += length;
    }
  }
  return null;
}

function squiggleOf() {
  const line = document.querySelector('.editor-instance [class*="squiggly-"]');
  return line && line.getBoundingClientRect().toJSON();
}

function whole(text) {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

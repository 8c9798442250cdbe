// The browser that windows of VS Code are opened in, and their addresses.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// Kept outside of the checkout's own packages: pytest says where.
const { chromium } = createRequire(`${process.env.NESTWISE_PLAYWRIGHT}/`)('playwright-core');

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs `body` with a page of a browser that knows nothing from before. */
export async function withPage(executablePath, viewport, body) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'nestwise-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    viewport,
    headless: true,
    args: ARGUMENTS,
  });
  try {
    return await body(context.pages()[0] ?? (await context.newPage()), context);
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

/** The address of a window on a folder or a `.code-workspace`; `payload` are pairs of VS Code's own. */
export function windowOf(served, opened, payload = []) {
  const parameter = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({ [parameter]: opened });
  if (payload.length) query.set('payload', JSON.stringify(payload));
  return `${served}/?${query}`;
}

/** A file of the server, as payloads name it. */
export function remote(served, file) {
  return `vscode-remote://${new URL(served).host}${file}`;
}

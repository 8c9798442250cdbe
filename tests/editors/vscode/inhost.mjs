// Opens windows of VS Code one after the other, and in each of them runs a suite inside the extension host.
// Standard input: {"served", "browser", "dummy", "shots", "windows": [{"opened", "suite"}]}

import path from 'node:path';
import { remote, windowOf, withPage } from './browser.mjs';

const LIMIT = 240_000;
/** Windows that are opened for a suite, until VS Code gives one that the suite can run in. */
const TRIES = 3;

const given = JSON.parse(await new Response(process.stdin).text());
let failed = false;
for (const { opened, suite } of given.windows) {
  let ended;
  for (let tries = 0; tries < TRIES && (ended === undefined || ended === 'exit code 1'); tries++) {
    ended = await withPage(given.browser, { width: 1280, height: 800 }, (page) => run(page, opened, suite));
    console.log(`${path.basename(suite)}: ${ended}`);
  }
  failed ||= ended !== 'exit code 0';
}
process.exit(failed ? 1 : 0);

async function run(page, opened, suite) {
  // VS Code calls these two where tests run in a browser.
  await page.exposeFunction('codeAutomationLog', (_type, args) => {
    if (!/^Ignoring fetching|^Creating a socket|ripgrep/.test(args[0])) console.log(...args);
  });
  const exit = new Promise((resolve) => {
    page.exposeFunction('codeAutomationExit', (code) => resolve(`exit code ${code}`));
  });
  const late = new Promise((resolve) => {
    setTimeout(() => resolve(`not done after ${LIMIT / 1000} s`), LIMIT).unref();
  });
  await page.goto(
    windowOf(given.served, opened, [
      ['extensionDevelopmentPath', remote(given.served, given.dummy)],
      ['extensionTestsPath', remote(given.served, suite)],
      ['skipWelcome', 'true'],
      ['skipReleaseNotes', 'true'],
    ]),
  );
  const ended = await Promise.race([exit, late]);
  if (ended !== 'exit code 0') await page.screenshot({ path: path.join(given.shots, `${path.basename(suite, '.js')}-failed.png`) });
  return ended;
}

// What suites are written with, and how pytest gets to know their results.

const fs = require('node:fs');
const path = require('node:path');

const LIMIT = 45_000;

const nothing = async () => {};

/** A function that adds a test to the suite of a file; `run` does those that are wanted. */
function suite(file, { before = nothing, failed = nothing } = {}) {
  const tests = [];
  const test = (name, body) => tests.push({ name, body });
  test.run = async () => {
    const report = path.join(process.env.NESTWISE_REPORTS, `${path.parse(file).name}.jsonl`);
    const only = process.env.NESTWISE_ONLY.split('\n');
    for (const { name, body } of tests.filter((one) => only.includes(one.name))) {
      const started = Date.now();
      const error = await failure(async () => {
        await before();
        await body();
      });
      if (error) await failed(name);
      const line = { name, seconds: (Date.now() - started) / 1000, error };
      fs.appendFileSync(report, `${JSON.stringify(line)}\n`);
      console.log(error ? `not ok: ${name}\n${error}` : `ok: ${name} (${line.seconds} s)`);
    }
  };
  return test;
}

async function failure(body) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT / 1000} s`)), LIMIT);
  });
  try {
    await Promise.race([body(), late]);
    return undefined;
  } catch (error) {
    return String(error?.stack ?? error);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until `look` gives something, and says what `what` was waited for if it never does. */
async function until(what, look, limit = 30_000) {
  const deadline = Date.now() + limit;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${limit / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

module.exports = { suite, until };

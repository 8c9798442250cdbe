// Runs the unit tests: each file of test/ is bundled for node, because they are TypeScript.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const tests = fileURLToPath(new URL('../test', import.meta.url));
const out = await mkdtemp(join(tmpdir(), 'nestwise-'));
const files = (await readdir(tests)).filter((name) => name.endsWith('.test.ts'));
await build({
  entryPoints: files.map((name) => join(tests, name)),
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const built = files.map((name) => join(out, name.replace(/\.ts$/, '.js')));
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...built], {
  stdio: 'inherit',
});
await rm(out, { recursive: true });
process.exitCode = status ?? 1;

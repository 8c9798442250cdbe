// Makes dist/: the extension as one file, the script of the graph's page, the schema of nestwise.json.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const here = new URL('..', import.meta.url);
const at = (path) => new URL(path, here).pathname;

await rm(at('dist'), { recursive: true, force: true });
await mkdir(at('dist'));
const common = { bundle: true, minify: true, sourcemap: false, legalComments: 'none', logLevel: 'warning' };
await Promise.all([
  build({
    ...common,
    entryPoints: [at('src/extension.ts')],
    outfile: at('dist/extension.js'),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
  }),
  build({
    ...common,
    entryPoints: [at('webview/graph.ts'), at('webview/graph.css')],
    outdir: at('dist'),
    platform: 'browser',
    format: 'iife',
    target: 'chrome122',
  }),
  copyFile(at('../server/nestwise/nestwise.schema.json'), at('dist/nestwise.schema.json')),
]);

// Makes dist/: the extension as one file, the page of the graph, the schema of nestwise.json, licences.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

await rm(at('dist'), { recursive: true, force: true });
await mkdir(at('dist'));
const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning', metafile: true };
const built = await Promise.all([
  build({
    ...common,
    absWorkingDir: at(''),
    entryPoints: [at('src/extension.ts')],
    outfile: at('dist/extension.js'),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
  }),
  build({
    ...common,
    absWorkingDir: at(''),
    entryPoints: [at('webview/graph.ts'), at('webview/graph.css')],
    outdir: at('dist'),
    platform: 'browser',
    format: 'iife',
    target: 'chrome122',
  }),
]);
await copyFile(at('../server/nestwise/nestwise.schema.json'), at('dist/nestwise.schema.json'));
const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(at('dist/third-party-licenses.txt'), await licences(inputs));

/** The licences of the packages whose files were bundled. */
async function licences(files) {
  const folder = /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/;
  const packages = new Set(files.flatMap((file) => file.match(folder) ?? []));
  const texts = [...packages].sort().map(async (path) => {
    const { name, version } = JSON.parse(await readFile(at(`${path}/package.json`), 'utf8'));
    const licence = (await readdir(at(path))).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) {
      throw new Error(`${name} is bundled and has no licence file`);
    }
    return `${name} ${version}\n\n${(await readFile(at(`${path}/${licence}`), 'utf8')).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

// Reads [{ kind: 'mermaid' | 'dot', text }] from stdin, and writes what the real parser makes of each: the
// labels of its boxes and groups, and how many arrows there are; or the error.
import { readFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';
import DOMPurify from 'dompurify';

// Mermaid cleans labels with the browser's DOM, which Node does not have; the syntax does not depend on it.
DOMPurify.addHook = () => {};
DOMPurify.sanitize = (text) => text;
const { default: mermaid } = await import('mermaid');
const viz = await instance();

// Mermaid keeps numbered entities in a form of its own until it draws.
const decoded = (text) =>
  text
    .replaceAll('<br/>', '\n')
    .replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));

async function ofMermaid(text) {
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  return {
    boxes: [...db.getVertices().values()].map((v) => decoded(v.text)),
    groups: db.getSubGraphs().map((g) => decoded(g.title)),
    arrows: db.getEdges().length,
  };
}

function ofDot(text) {
  const done = viz.render(text, { format: 'json' });
  if (done.status !== 'success' || done.errors.some((e) => e.level !== 'warning')) throw new Error(JSON.stringify(done.errors));
  const drawn = JSON.parse(done.output);
  const objects = drawn.objects ?? [];
  return {
    boxes: objects.filter((o) => !o.name.startsWith('cluster')).map((o) => o.label.replaceAll('\\n', '\n')),
    groups: objects.filter((o) => o.name.startsWith('cluster')).map((o) => o.label),
    arrows: (drawn.edges ?? []).length,
  };
}

const out = [];
for (const { kind, text } of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    out.push(kind === 'mermaid' ? await ofMermaid(text) : ofDot(text));
  } catch (error) {
    out.push({ error: String(error.message ?? error) });
  }
}
console.log(JSON.stringify(out));

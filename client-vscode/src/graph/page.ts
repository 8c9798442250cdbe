export interface PageParts {
  readonly nonce: string;
  /** Where the page may load from, as VS Code names it. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
}

/** The page of the graph. It may load its one script and its one style sheet, and nothing else. */
export function page({ nonce, source, script, style }: PageParts): string {
  const policy = `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Module Graph</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<header role="toolbar" aria-label="Graph">
<input id="search" type="search" placeholder="Find a module" aria-label="Find a module" spellcheck="false">
<output id="found" for="search"></output>
<select id="scope" aria-label="Application"></select>
<label><input id="packages" type="checkbox" checked> Packages</label>
<label title="Only the module that is selected, what it imports and what imports it"><input id="around" type="checkbox" disabled> Around the selection</label>
<span id="counts" role="status"></span>
<button id="out" type="button" aria-label="Zoom out" title="Zoom out (-)">−</button>
<button id="in" type="button" aria-label="Zoom in" title="Zoom in (+)">+</button>
<button id="fit" type="button" title="Show all (0)">Fit</button>
</header>
<main>
<svg id="graph" role="group" aria-label="Modules and their imports. Arrow keys go from module to module, Enter opens one.">
<defs>
<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>
<marker id="arrow-circle" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>
</defs>
<g id="view"><g id="edges" aria-hidden="true"></g><g id="boxes"></g></g>
</svg>
<p id="nothing" hidden></p>
<aside id="details" aria-label="The selected module" hidden></aside>
</main>
<details id="legend" open>
<summary>Legend</summary>
<ul>
<li><svg><rect class="root" x="1" y="1" width="26" height="14" rx="3"/></svg>an application starts here</li>
<li><svg><rect class="global" x="1" y="1" width="26" height="14" rx="3"/></svg>global</li>
<li><svg><rect class="package" x="1" y="1" width="26" height="14" rx="3"/></svg>from a package</li>
<li><svg><rect class="unknown" x="1" y="1" width="26" height="14" rx="3"/></svg>not all of it can be told</li>
<li><svg><path class="circle" d="M1 8H27"/></svg>on a circle of imports</li>
<li><svg><path class="forward" d="M1 8H27"/></svg>through <code>forwardRef</code></li>
<li><svg><path class="doubtful" d="M1 8H27"/></svg>only perhaps imported</li>
</ul>
</details>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

// Answers what the TypeScript compiler resolves imports to. Reads one JSON request a line:
// {"root": folder, "queries": [[importer, specifier]], "links": {name: folder}} with paths relative to the root;
// `links` stand for what a package manager puts into node_modules. Writes one line of paths or nulls.
const fs = require('fs')
const path = require('path')
const ts = require(path.join(__dirname, '../node/node_modules/typescript'))

function hostOf(root, links) {
  const inside = path.join(root, 'node_modules') + '/'
  const real = (file) => {
    if (!file.startsWith(inside)) return file
    const parts = file.slice(inside.length).split('/')
    const size = parts[0].startsWith('@') ? 2 : 1
    const linked = links[parts.slice(0, size).join('/')]
    return linked === undefined ? file : path.join(root, linked, ...parts.slice(size))
  }
  const isLinkFolder = (folder) => (folder + '/').startsWith(inside) && Object.keys(links).some((n) => (inside + n).startsWith(folder))
  return {
    ...ts.sys,
    fileExists: (file) => ts.sys.fileExists(real(file)),
    readFile: (file) => ts.sys.readFile(real(file)),
    directoryExists: (folder) => isLinkFolder(folder) || ts.sys.directoryExists(real(folder)),
    realpath: (file) => real(file),
    getCurrentDirectory: () => root,
  }
}

function configs(root, host) {
  const parsed = new Map()
  const parse = (file) => {
    if (!parsed.has(file)) {
      const raw = ts.readConfigFile(file, host.readFile)
      const found = ts.parseJsonConfigFileContent(raw.config ?? {}, host, path.dirname(file), undefined, file)
      parsed.set(file, { ...found, names: new Set(found.fileNames) })
    }
    return parsed.get(file)
  }
  const referring = (config, file, seen) => {
    for (const reference of config.projectReferences ?? []) {
      const target = ts.resolveProjectReferencePath(reference)
      if (seen.has(target) || !host.fileExists(target)) continue
      seen.add(target)
      const inner = parse(target)
      if (inner.names.has(file)) return inner
      const deeper = referring(inner, file, seen)
      if (deeper) return deeper
    }
  }
  return (importer) => {
    const file = path.join(root, importer)
    const found = ts.findConfigFile(path.dirname(file), (name) => name.startsWith(root) && host.fileExists(name))
    if (!found) return {}
    const config = parse(found)
    const chosen = config.names.has(file) ? config : (referring(config, file, new Set()) ?? config)
    return chosen.options
  }
}

function answer({ root, queries, links }) {
  const host = hostOf(root, links ?? {})
  const optionsOf = configs(root, host)
  return queries.map(([importer, specifier, esm]) => {
    const options = optionsOf(importer)
    const mode = esm ? ts.ModuleKind.ESNext : undefined
    const file = path.join(root, importer)
    const found = ts.resolveModuleName(specifier, file, options, host, undefined, undefined, mode).resolvedModule
    return found ? path.relative(root, host.realpath(found.resolvedFileName)) : null
  })
}

require('readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => console.log(JSON.stringify(answer(JSON.parse(line)))))

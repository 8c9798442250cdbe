// Answers what the TypeScript compiler says imported names mean. Reads one JSON request a line:
// {"files": {path: text}, "user": path}. Writes for each name that `user` imports the declaring file and name, or null.
const path = require('path')
const ts = require(path.join(__dirname, '../node/node_modules/typescript'))

function answer({ files, user }) {
  const options = { noLib: true, types: [], moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext }
  const host = {
    fileExists: (file) => file in files,
    readFile: (file) => files[file],
    getSourceFile: (file) => (file in files ? ts.createSourceFile(file, files[file], ts.ScriptTarget.ESNext, true) : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (file) => file,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => {},
  }
  const out = {}
  const program = ts.createProgram({ rootNames: [user], options, host })
  const types = program.getTypeChecker()
  const visit = (node) => {
    if (ts.isImportSpecifier(node) || ts.isNamespaceImport(node) || (ts.isImportClause(node) && node.name)) {
      const symbol = types.getSymbolAtLocation(node.name)
      const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? types.getAliasedSymbol(symbol) : symbol
      const declaration = target?.declarations?.[0]
      out[node.name.text] = declaration
        ? [declaration.getSourceFile().fileName, ts.isSourceFile(declaration) ? '*' : (declaration.name?.text ?? 'default')]
        : null
    }
    ts.forEachChild(node, visit)
  }
  visit(program.getSourceFile(user))
  return out
}

require('readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => console.log(JSON.stringify(answer(JSON.parse(line)))))

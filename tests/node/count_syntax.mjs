// Counts kinds of syntax with the TypeScript compiler's parser.
// In: a path per line. Out: for each a line of JSON, {counts, callees, operations, errors}, positions in
// UTF-16 units: of callees [start, end, awaited], of binary operations [start, end]; `errors` are
// the parser's, in words. What stands in the type arguments of a tagged template is left out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import ts from "typescript";

const K = ts.SyntaxKind;
const KINDS = new Map([
  [K.Decorator, "decorators"],
  [K.ClassDeclaration, "classes"],
  [K.ClassExpression, "classes"],
  [K.MethodDeclaration, "methods"],
  [K.MethodSignature, "methods"],
  [K.Constructor, "methods"],
  [K.GetAccessor, "methods"],
  [K.SetAccessor, "methods"],
  [K.PropertyDeclaration, "properties"],
  [K.PropertySignature, "properties"],
  [K.ImportDeclaration, "imports"],
  [K.ImportEqualsDeclaration, "imports"],
  [K.IfStatement, "ifs"],
  [K.ArrowFunction, "arrows"],
  [K.FunctionDeclaration, "functions"],
  [K.FunctionExpression, "functions"],
  [K.TaggedTemplateExpression, "tagged templates"],
  [K.ReturnStatement, "returns"],
  [K.ThrowStatement, "throws"],
  [K.CatchClause, "catches"],
  [K.ConditionalExpression, "ternaries"],
  [K.InterfaceDeclaration, "interfaces"],
  [K.TypeAliasDeclaration, "type aliases"],
  [K.EnumDeclaration, "enums"],
  [K.NewExpression, "new expressions"],
  [K.AwaitExpression, "awaits"],
  [K.VariableDeclarationList, "variables"],
]);

function isExport(node) {
  if (node.kind === K.ExportDeclaration || node.kind === K.ExportAssignment || node.kind === K.NamespaceExportDeclaration)
    return true;
  return (node.modifiers ?? []).some((m) => m.kind === K.ExportKeyword);
}

// A final `!` is left out: our trees do not hold each of them.
function endOf(text, node) {
  let end = node.end;
  while (text[end - 1] === "!") end--;
  return end;
}

function isAwaited(call) {
  let outer = call.parent;
  while (
    outer.kind === K.ParenthesizedExpression ||
    outer.kind === K.AsExpression ||
    outer.kind === K.NonNullExpression
  )
    outer = outer.parent;
  return outer.kind === K.AwaitExpression;
}

function isAssignmentOrComma(kind) {
  return kind === K.CommaToken || (kind >= K.FirstAssignment && kind <= K.LastAssignment);
}

function describe(file, error) {
  const line = file.getLineAndCharacterOfPosition(error.start).line + 1;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`;
}

function read(path) {
  const text = readFileSync(path, "utf-8");
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  // A byte order mark is part of no token, but shifts every position: Node keeps it, and so do we.
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const counts = {};
  const callees = [];
  const operations = [];
  const add = (what) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const stack = [file];
  while (stack.length > 0) {
    const node = stack.pop();
    const what = KINDS.get(node.kind);
    if (what) add(what);
    if (isExport(node)) add("exports");
    if (node.kind === K.CallExpression) {
      add("calls");
      callees.push([node.expression.getStart(file), endOf(text, node.expression), isAwaited(node)]);
    }
    if (node.kind === K.BinaryExpression && !isAssignmentOrComma(node.operatorToken.kind))
      operations.push([node.getStart(file), endOf(text, node)]);
    if (node.kind === K.TaggedTemplateExpression) stack.push(node.tag, node.template);
    else ts.forEachChild(node, (child) => void stack.push(child));
  }
  return { counts, callees, operations, errors: file.parseDiagnostics.map((e) => describe(file, e)) };
}

for await (const path of createInterface({ input: process.stdin })) {
  if (path) console.log(JSON.stringify(read(path)));
}

// What suites inside VS Code's extension host are written with.

const fs = require('node:fs');
const vscode = require('vscode');
const { suite, until } = require('../suite');

/** A command of VS Code. It cancels requests itself when another extension registers a provider: then ask again. */
async function command(name, ...args) {
  for (let tries = 1; ; tries++) {
    try {
      return await vscode.commands.executeCommand(name, ...args);
    } catch (error) {
      if (tries === 20 || !/Cancel/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The address of a file of the first folder, or of the one with that name. */
function at(relative, folder = vscode.workspace.workspaceFolders[0]) {
  return vscode.Uri.joinPath(folder.uri, relative);
}

/** A document in an editor. */
async function open(relative, folder) {
  const document = await vscode.workspace.openTextDocument(at(relative, folder));
  return vscode.window.showTextDocument(document);
}

/** What nestwise says of a file, of one rule if that is given. */
function findings(uri, rule) {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((d) => d.source === 'nestwise' && (rule === undefined || codeOf(d) === rule));
}

function codeOf(diagnostic) {
  return typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
}

/** The only finding of a rule in a document, once it is there. */
async function finding(document, rule) {
  const found = await until(`${rule} in ${document.fileName}`, () => {
    const all = findings(document.uri, rule);
    return all.length > 0 && all;
  });
  if (found.length > 1) throw new Error(`${rule} is found ${found.length} times`);
  return found[0];
}

/** Replaces a text of the document, as typing does. */
async function replace(editor, text, by) {
  const start = editor.document.getText().indexOf(text);
  if (start < 0) throw new Error(`${editor.document.fileName} has no ${text}`);
  const positions = [start, start + text.length].map((offset) => editor.document.positionAt(offset));
  const done = await editor.edit((edit) => edit.replace(new vscode.Range(...positions), by));
  if (!done) throw new Error(`${editor.document.fileName} cannot be edited`);
}

/** What is on disk, whatever editors show. */
function onDisk(relative, folder) {
  return fs.readFileSync(at(relative, folder).fsPath, 'utf8');
}

/** The process ids of all of nestwise that this extension host started: servers, and trials of interpreters. */
function started() {
  const children = fs.readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return children
    .trim()
    .split(' ')
    .filter((pid) => pid && commandLine(pid).includes('nestwise'))
    .map(Number);
}

/** The process ids of the language servers that this extension host started. */
function servers() {
  return started().filter((pid) => commandLine(pid).split('\0').includes('lsp'));
}

function commandLine(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

module.exports = {
  suite,
  until,
  command,
  at,
  open,
  finding,
  findings,
  codeOf,
  onDisk,
  replace,
  servers,
  started,
};

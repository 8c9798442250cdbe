import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import type { Machine, Outcome } from './choose';

const PATIENCE = 15_000;
/** Milliseconds: the Python extension may have much to do at its own start. */
const PYTHON_PATIENCE = 5_000;

/**
 * This machine.
 *
 * @param home where programs are started: never in an opened folder, whose files could pass for the program
 *   itself on Windows, or for the settings of `uv`
 */
export function thisMachine(home: string): Machine {
  const searched = process.env.PATH ?? '';
  return { platform: process.platform, searched, run: (command) => run(command, home), activePython };
}

function run([program = '', ...args]: readonly string[], cwd: string): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, timeout: PATIENCE, windowsHide: true }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve(typeof code === 'string' ? undefined : { code: code ?? null, stdout, stderr });
    });
  });
}

/** What of the Python extension's interface is used here. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(): unknown;
    resolveEnvironment(path: unknown): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

async function activePython(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  // Its environment may lie in the opened folder, and starting that runs code of the folder.
  if (extension === undefined || !vscode.workspace.isTrusted) {
    return undefined;
  }
  const ask = async () => {
    const { environments } = await extension.activate();
    const active = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
    return active?.executable.uri?.fsPath;
  };
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PYTHON_PATIENCE));
  return Promise.race([ask().catch(() => undefined), late]);
}

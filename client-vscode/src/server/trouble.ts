import * as vscode from 'vscode';
import type { Choice } from '../start/choose';

/** Nothing starts the server on this machine, or it does not run. */
export type Trouble = Exclude<Choice, { kind: 'found' }> | { readonly kind: 'ended'; readonly why: string };

const OUTPUT = 'Show output';
const SETTINGS = 'Open settings';
const PYTHON = 'Install Python';
const UV = 'Install uv';
const RESTART = 'Restart';

/** Say once what is wrong, with buttons that help. */
export async function tell(trouble: Trouble, output: vscode.LogOutputChannel): Promise<void> {
  const [message, ...buttons] = words(trouble);
  if (trouble.kind === 'missing') {
    output.error(message);
    for (const { command, why } of trouble.tried) {
      output.error(`  ${command}: ${why}`);
    }
  }
  const chosen = await vscode.window.showErrorMessage(message, ...buttons);
  switch (chosen) {
    case OUTPUT:
      output.show();
      break;
    case SETTINGS:
      await openSettings('nestwise');
      break;
    case PYTHON:
      await vscode.env.openExternal(vscode.Uri.parse('https://www.python.org/downloads/'));
      break;
    case UV:
      await vscode.env.openExternal(
        vscode.Uri.parse('https://docs.astral.sh/uv/getting-started/installation/'),
      );
      break;
    case RESTART:
      await vscode.commands.executeCommand('nestwise.restart');
      break;
  }
}

export async function tellDisabled(): Promise<void> {
  const message = 'nestwise is turned off by the setting `nestwise.enable`.';
  if ((await vscode.window.showInformationMessage(message, SETTINGS)) === SETTINGS) {
    await openSettings('nestwise.enable');
  }
}

async function openSettings(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

function words(trouble: Trouble): [string, ...string[]] {
  switch (trouble.kind) {
    case 'missing':
      if (!trouble.bundled) {
        const message =
          'This package of nestwise brings no server along, and uv, which would fetch it, was not found.';
        return [`${message} Install uv, or set nestwise.path.`, UV, SETTINGS, OUTPUT];
      }
      return [
        'nestwise needs Python 3.11 to 3.14, or uv, and found neither. Install one of them and restart nestwise.',
        PYTHON,
        UV,
        SETTINGS,
        OUTPUT,
      ];
    case 'refused':
      return [`nestwise cannot be started with ${trouble.setting}: ${trouble.why}`, SETTINGS, OUTPUT];
    case 'ended':
      return [`nestwise: ${trouble.why}`, RESTART, OUTPUT, SETTINGS];
  }
}

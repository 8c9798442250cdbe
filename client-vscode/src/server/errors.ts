import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
} from 'vscode-languageclient/node';
import { Restarts } from './restarts';

/**
 * What to do when the server ends by itself. The client must show nothing: who made this handler does.
 *
 * @param running did it run before? One that does not even start is not started again.
 * @param ended is told whether it is started again
 */
export function errorHandler(running: () => boolean, ended: (again: boolean) => void): ErrorHandler {
  const restarts = new Restarts();
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: (): CloseHandlerResult => {
      if (!running()) {
        return { action: CloseAction.DoNotRestart, handled: true };
      }
      const again = restarts.again(Date.now());
      ended(again);
      return again
        ? { action: CloseAction.Restart, handled: true, message: 'The server ended and is started again.' }
        : { action: CloseAction.DoNotRestart, handled: true, message: 'The server ended.' };
    },
  };
}

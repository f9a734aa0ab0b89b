import { unhandledRejection } from '@fermata/kernel';
import { currentRun, leaveRun } from './run-storage.js';

/**
 * A rejection that workflow code leaves alone stops its run, not the process; unless the branch was cancelled, and ended
 * as it was meant to. All others go where they would have gone:
 * to other listeners, or, when there is none, up as an uncaught exception. Node calls listeners in the context in which
 * the promise was rejected.
 */
export function watchUnhandledRejections(): void {
  process.on('unhandledRejection', (thrown) => {
    const run = currentRun();
    if (run?.isCancellation(thrown)) return;
    if (run) leaveRun(() => run.reportFault(unhandledRejection(thrown)));
    else if (process.listenerCount('unhandledRejection') === 1) raise(thrown);
  });
}

function raise(thrown: unknown): never {
  throw thrown instanceof Error ? thrown : new Error(`Unhandled rejection: ${String(thrown)}`);
}

import type { RegisteredWorkflow } from '@fermata/kernel';
import type { AnyWorkflow } from '@fermata/sdk';
import { replayHistory, type ReplayHistoryOptions, type StoredHistory } from './replay-history.js';

/** What a matcher of jest or vitest answers. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * A matcher for jest and vitest: `expect.extend({ toReplay })`, then `await expect(workflow).toReplay(history)`. Its
 * message has both sides, the place in the history and the line in the code.
 */
export async function toReplay(
  workflow: AnyWorkflow | RegisteredWorkflow,
  history: StoredHistory,
  options?: ReplayHistoryOptions,
): Promise<Matched> {
  const { ok, fault } = await replayHistory(workflow, history, options);
  return {
    pass: ok,
    message: () => (ok ? `The history replays with workflow ${workflow.type}.` : (fault?.message ?? '')),
  };
}

import type { EpochMs } from '@fermata/kernel';
import type { WaitRow } from '../read-model/read-model.js';
import type { PendingStepView, WaitView } from './description.js';

export function toWait(wait: WaitRow, all: readonly WaitRow[]): WaitView {
  const until = untilOf(wait, all);
  return {
    kind: wait.kind,
    name: wait.name,
    since: new Date(wait.since).toISOString(),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  };
}

function untilOf(wait: WaitRow, all: readonly WaitRow[]): EpochMs | undefined {
  if (wait.kind === 'timer') return wait.dueAt;
  if (wait.kind === 'signal') return all.find(({ kind, limits }) => kind === 'timer' && limits === wait.id)?.dueAt;
  return undefined;
}

/**
 * From the log alone: that a step's attempt is due says that it runs or is about to, since its owner starts it at once.
 */
export function toPendingStep(wait: WaitRow, now: EpochMs): PendingStepView {
  const attempt = wait.attempt ?? 1;
  const isLater = wait.dueAt !== undefined && wait.dueAt > now;
  return {
    stepId: wait.id,
    name: wait.name,
    state: isLater ? 'retrying' : 'running',
    attempt,
    ...(isLater && { nextAttemptAt: new Date(wait.dueAt).toISOString() }),
    ...(wait.lastError !== undefined && { lastError: wait.lastError }),
  };
}

import type { EpochMs } from '@fermata/kernel';
import { alarmOf } from '../wakeups/alarm-ids.js';
import type { WaitRow } from '../read-model/read-model.js';
import type { PendingStepView, WaitView } from './description.js';

/** Nothing for what is the engine's own business. */
export function toWait(wait: WaitRow, all: readonly WaitRow[]): WaitView | undefined {
  const kind = shownKind(wait);
  if (kind === undefined) return undefined;
  const until = untilOf(wait, all);
  return {
    kind,
    name: wait.name,
    since: new Date(wait.since).toISOString(),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  };
}

function shownKind({ kind, id, limits }: WaitRow): WaitView['kind'] | undefined {
  switch (kind) {
    case 'timer':
      // The limit of another wait is shown with that.
      return limits === undefined ? 'timer' : undefined;
    case 'alarm':
      return alarmOf(id) === 'start-delay' ? 'timer' : undefined;
    case 'turn':
    case 'release':
    case 'step-limit':
    case 'step-heartbeat':
      return undefined;
    default:
      return kind;
  }
}

function untilOf(wait: WaitRow, all: readonly WaitRow[]): EpochMs | undefined {
  if (wait.kind === 'timer' || wait.kind === 'alarm') return wait.dueAt;
  if (wait.kind === 'step' || wait.kind === 'child') return undefined;
  return all.find(({ kind, limits }) => kind === 'timer' && limits === wait.id)?.dueAt;
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

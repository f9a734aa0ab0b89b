import type { EpochMs } from '../duration/duration.js';
import type { RunId } from '../execution/events.js';
import type { AlarmKind, ExecutionState } from '../execution/state.js';
import { accept, type Verdict } from '../execution/verdict.js';

export interface AlarmRequest {
  readonly runId: RunId;
  readonly kind: AlarmKind;
  readonly now: EpochMs;
}

/** Lets a delayed run begin, or times a run out, if that is due; anything else is a repeat or too early. */
export function decideAlarm(state: ExecutionState, { runId, kind, now }: AlarmRequest): Verdict {
  if (state.status !== 'running' || state.started.runId !== runId) return accept();
  const dueAt = state.alarms.get(kind);
  if (dueAt === undefined || dueAt > now) return accept();
  return accept({ type: kind === 'timeout' ? 'RunTimedOut' : 'StartDelayElapsed', version: 1 });
}

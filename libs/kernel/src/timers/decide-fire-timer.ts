import type { EpochMs } from '../duration/duration.js';
import type { RunId, TimerId } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { accept, type Verdict } from '../execution/verdict.js';

export interface FireTimerRequest {
  readonly runId: RunId;
  readonly timerId: TimerId;
  readonly now: EpochMs;
}

/** Fires a timer that is pending and due; anything else is a repeat or too early, and of no effect. */
export function decideFireTimer(state: ExecutionState, { runId, timerId, now }: FireTimerRequest): Verdict {
  if (state.status !== 'running' || state.started.runId !== runId) return accept();
  const dueAt = state.timers.get(timerId);
  return dueAt === undefined || dueAt > now ? accept() : accept({ type: 'TimerFired', version: 1, timerId });
}

import type { RunId, StepHandedOut, StepId } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { acceptWith, type Verdict } from '../execution/verdict.js';
import type { Payload } from '../payload/payload.js';

export type HandOutLimits = Pick<StepHandedOut, 'timeoutAt' | 'heartbeatMs'>;

export type StepProgress =
  | { readonly kind: 'started' }
  | { readonly kind: 'handed-out'; readonly limits: HandOutLimits }
  | { readonly kind: 'heartbeat'; readonly details: Payload };

export interface StepProgressReport {
  readonly runId: RunId;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly progress: StepProgress;
}

export interface StepProgressAnswer {
  /** Whether that attempt is the one that counts: if not, its work is of no more use. */
  readonly isCurrent: boolean;
}

/** Notes how an attempt comes along; of no effect once it no longer counts. */
export function decideStepProgress(state: ExecutionState, report: StepProgressReport): Verdict<StepProgressAnswer> {
  const { runId, stepId, attempt, progress } = report;
  const stale = acceptWith({ isCurrent: false });
  if (state.status !== 'running' || state.started.runId !== runId) return stale;
  const pending = state.steps.get(stepId);
  if (pending?.attempt !== attempt) return stale;
  switch (progress.kind) {
    case 'started':
      // It was begun before, by somebody who is gone: this one must not run.
      if (pending.isStarted) return stale;
      return acceptWith({ isCurrent: true }, { type: 'StepStarted', version: 1, stepId, attempt });
    case 'handed-out':
      if (pending.isHandedOut) return acceptWith({ isCurrent: true });
      return acceptWith(
        { isCurrent: true },
        { type: 'StepHandedOut', version: 1, stepId, attempt, ...progress.limits },
      );
    case 'heartbeat':
      return acceptWith(
        { isCurrent: pending.isCancelRequested !== true },
        { type: 'StepHeartbeatRecorded', version: 1, stepId, attempt, details: progress.details },
      );
  }
}

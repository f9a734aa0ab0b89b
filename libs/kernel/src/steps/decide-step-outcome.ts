import type { EpochMs, Millis } from '../duration/duration.js';
import type { Failure } from '../errors/failure.js';
import { assertNever } from '../errors/invariant.js';
import type { ExecutionEvent, RunId, StepId } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { accept, type Verdict } from '../execution/verdict.js';
import type { Payload } from '../payload/payload.js';

export type StepOutcome =
  | { readonly kind: 'succeeded'; readonly result: Payload }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'attempt-failed';
      readonly failure: Failure;
      readonly nextAttemptAt: EpochMs;
      readonly heartbeat?: Payload;
    };

export interface StepOutcomeReport {
  readonly runId: RunId;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly durationMs: Millis;
  readonly outcome: StepOutcome;
}

/**
 * The first outcome of a step counts. Reports for a run, a step or an attempt that isn't pending (a second delivery,
 * a former owner, a step that the workflow no longer waits for) are of no effect.
 */
export function decideStepOutcome(state: ExecutionState, report: StepOutcomeReport): Verdict {
  if (state.status !== 'running' || state.started.runId !== report.runId) return accept();
  const pending = state.steps.get(report.stepId);
  if (pending?.attempt !== report.attempt) return accept();
  return accept(toEvent(report));
}

function toEvent({ stepId, attempt, durationMs, outcome }: StepOutcomeReport): ExecutionEvent {
  switch (outcome.kind) {
    case 'succeeded':
      return { type: 'StepSucceeded', version: 1, stepId, attempt, result: outcome.result, durationMs };
    case 'failed':
      return { type: 'StepFailed', version: 1, stepId, attempt, failure: outcome.failure, durationMs };
    case 'attempt-failed': {
      const { kind: _kind, ...failed } = outcome;
      return { type: 'StepAttemptFailed', version: 1, stepId, attempt, durationMs, ...failed };
    }
    default:
      return assertNever(outcome);
  }
}

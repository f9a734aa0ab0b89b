import type { AskedStep, ExecutionTarget, PendingStep, RunId } from '@fermata/kernel';

/** One attempt of a step, ready to run. */
export interface StepAttempt {
  readonly target: ExecutionTarget;
  readonly runId: RunId;
  readonly asked: AskedStep;
  readonly pending: PendingStep;
}

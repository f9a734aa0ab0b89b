import type { Payload, RunId, StepFunction, StepId } from '@fermata/kernel';

/** What runs for a step: its own function, or what a test puts in its place. */
export type ChooseStepFunction = (name: string, own: StepFunction<unknown>) => StepFunction<unknown>;

/** Checks of the user's code, for tests and development. */
export interface StepChecks {
  /**
   * Runs each successful step once more under the same idempotency key and compares the results: a step may run twice in
   * production, and a service that honours the key then gives the same answer. The first result counts. Steps with
   * `atMostOnce` and those completed from outside are left out. Default false.
   */
  readonly runStepsTwice?: boolean;
}

/** A step that gave something else when it was run again. */
export interface FailedCheck {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly stepId: StepId;
  /** The step's name. */
  readonly name: string;
  readonly idempotencyKey: string;
  /** What counts. */
  readonly first: Payload;
  /** What running it again gave: a result, or an error. */
  readonly second: { readonly result: Payload } | { readonly error: unknown };
}

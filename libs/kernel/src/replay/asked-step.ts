import type { Millis } from '../duration/duration.js';
import type { StepId } from '../execution/events.js';
import type { RetryPolicy } from '../steps/retry-policy.js';
import type { StepContext, StepFunction } from '../workflow/context.js';
import type { Wait } from './wait.js';

/** A step that workflow code asked for, with what only memory holds: its function and its options. */
export interface AskedStep {
  readonly stepId: StepId;
  readonly name: string;
  readonly work: StepFunction<unknown>;
  readonly retry: RetryPolicy;
  readonly timeoutMs: Millis | undefined;
  readonly compensate: ((result: unknown, step: StepContext) => unknown) | undefined;
  readonly wait: Wait;
}

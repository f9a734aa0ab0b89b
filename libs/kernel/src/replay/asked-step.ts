import type { Millis } from '../duration/duration.js';
import type { StepId } from '../execution/events.js';
import type { RetryPolicy } from '../steps/retry-policy.js';
import type { Schema } from '../workflow/schema.js';
import type { CancellationMode } from '../workflow/cancellation-mode.js';
import type { StepContext, StepFunction } from '../workflow/context.js';
import type { Wait } from './wait.js';

/** A step that workflow code asked for, with what only memory holds: its function and its options. */
export interface AskedStep {
  readonly stepId: StepId;
  readonly name: string;
  readonly work: StepFunction<unknown>;
  readonly retry: RetryPolicy;
  readonly limits: StepTimeLimits;
  readonly isAtMostOnce: boolean;
  readonly cancellation: CancellationMode;
  /** What its result must be, and is revived by. */
  readonly schema: Schema<unknown> | undefined;
  readonly compensate: ((result: unknown, step: StepContext) => unknown) | undefined;
  readonly wait: Wait;
  /** Cancellation was asked for, and the code waits for how it ends. */
  isCancelRequested: boolean;
}

/** Absent where there is no limit. */
export interface StepTimeLimits {
  /** One attempt. */
  readonly attemptMs?: Millis;
  /** From scheduling to the begin of the first attempt. */
  readonly startMs?: Millis;
  /** All attempts and the waits between them. */
  readonly totalMs?: Millis;
  /** From one heartbeat to the next. */
  readonly heartbeatMs?: Millis;
}

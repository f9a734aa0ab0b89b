import type { Duration, Millis } from '../duration/duration.js';
import { toMillis } from '../duration/duration.js';
import { FermataError } from '../errors/fermata-error.js';

/** An error class, or an error code, after which trying again is of no use. */
export type NonRetryable = (abstract new (...args: never[]) => Error) | string;

export interface RetryOptions {
  /** How often the step is tried at most, the first time included. Default: without end. */
  readonly maxAttempts?: number;
  /** The longest wait after the first failure. Default 500 ms. */
  readonly initialInterval?: Duration;
  /** By how much the longest wait grows with each failure. Default 2. */
  readonly backoff?: number;
  /** Waits don't grow beyond this. Default 1 minute. */
  readonly maxInterval?: Duration;
  /** No new attempt begins later than this after the step was scheduled. Default: without end. */
  readonly deadline?: Duration;
  readonly nonRetryable?: readonly NonRetryable[];
}

export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly initialMs: Millis;
  readonly backoff: number;
  readonly maxMs: Millis;
  readonly deadlineMs: Millis;
  readonly nonRetryable: readonly NonRetryable[];
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: Infinity,
  initialMs: 500,
  backoff: 2,
  maxMs: 60_000,
  deadlineMs: Infinity,
  nonRetryable: [],
};

/** @throws FermataError `VALIDATION_FAILED` for a value out of range */
export function toRetryPolicy(options: RetryOptions | undefined): RetryPolicy {
  if (options === undefined) return defaultRetryPolicy;
  const { maxAttempts = Infinity, backoff = 2, nonRetryable = [] } = options;
  if (!(maxAttempts >= 1) || (Number.isFinite(maxAttempts) && !Number.isInteger(maxAttempts))) {
    throw outOfRange('retry.maxAttempts', maxAttempts, 'a whole number from 1 up');
  }
  if (!(backoff >= 1 && backoff <= 100)) throw outOfRange('retry.backoff', backoff, 'a number from 1 to 100');
  return {
    maxAttempts,
    backoff,
    nonRetryable,
    initialMs: toMillis(options.initialInterval ?? defaultRetryPolicy.initialMs, 'retry.initialInterval'),
    maxMs: toMillis(options.maxInterval ?? defaultRetryPolicy.maxMs, 'retry.maxInterval'),
    deadlineMs: options.deadline === undefined ? Infinity : toMillis(options.deadline, 'retry.deadline'),
  };
}

function outOfRange(what: string, value: number, wanted: string): FermataError {
  return new FermataError('VALIDATION_FAILED', { message: `${what} is ${value}.`, fix: `Give ${wanted}.` });
}

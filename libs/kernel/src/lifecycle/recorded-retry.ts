import type { Failure } from '../errors/failure.js';
import type { Millis } from '../duration/duration.js';
import type { RecordedRetry } from '../execution/events.js';
import { retryDelay } from '../steps/retry-delay.js';
import { toRetryPolicy, type RetryOptions } from '../steps/retry-policy.js';

/** A retry policy as it is recorded with a start; classes are known by their names there. */
export function recordedRetry(options: RetryOptions): RecordedRetry {
  const { maxAttempts, initialMs, backoff, maxMs, nonRetryable } = toRetryPolicy(options);
  const names = nonRetryable.map((final) => (typeof final === 'string' ? final : final.name));
  return {
    initialMs,
    backoff,
    maxMs,
    ...(Number.isFinite(maxAttempts) && { maxAttempts }),
    ...(names.length > 0 && { nonRetryable: names }),
  };
}

/**
 * How long to wait before the execution is tried again; nothing when it isn't to be.
 * @param attempt counts from 1: the run that failed
 * @param random uniform in [0, 1)
 */
export function executionRetryDelay(
  retry: RecordedRetry | undefined,
  attempt: number,
  failure: Failure,
  random: number,
): Millis | undefined {
  if (!retry || failure.nonRetryable || attempt >= (retry.maxAttempts ?? Infinity)) return undefined;
  const finals = retry.nonRetryable ?? [];
  if (finals.includes(failure.type) || (failure.code !== undefined && finals.includes(failure.code))) return undefined;
  const { initialMs, backoff, maxMs } = retry;
  return retryDelay(
    { maxAttempts: Infinity, deadlineMs: Infinity, nonRetryable: [], initialMs, backoff, maxMs },
    attempt,
    random,
  );
}

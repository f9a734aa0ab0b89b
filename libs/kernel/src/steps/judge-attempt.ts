import type { EpochMs, Millis } from '../duration/duration.js';
import type { Failure } from '../errors/failure.js';
import { toFailure } from '../errors/to-failure.js';
import { retryDelay } from './retry-delay.js';
import type { RetryPolicy } from './retry-policy.js';

export interface FailedAttempt {
  /** Counts from 1. */
  readonly attempt: number;
  readonly thrown: unknown;
  readonly scheduledAt: EpochMs;
  readonly now: EpochMs;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export type AttemptVerdict =
  { readonly retryAt: EpochMs; readonly failure: Failure } | { readonly retryAt: undefined; readonly failure: Failure };

/**
 * Whether a failed attempt is followed by another, and when. An error says itself that it is final by
 * `nonRetryable: true`, and when to try next by `retryAfter`, in milliseconds.
 */
export function judgeAttempt(policy: RetryPolicy, failed: FailedAttempt): AttemptVerdict {
  const failure = toFailure(failed.thrown);
  if (failure.nonRetryable || isNamedFinal(policy, failed.thrown, failure) || failed.attempt >= policy.maxAttempts) {
    return { retryAt: undefined, failure };
  }
  const delay = ownDelay(failed.thrown) ?? retryDelay(policy, failed.attempt, failed.random);
  const retryAt = failed.now + delay;
  return retryAt > failed.scheduledAt + policy.deadlineMs ? { retryAt: undefined, failure } : { retryAt, failure };
}

function isNamedFinal(policy: RetryPolicy, thrown: unknown, failure: Failure): boolean {
  return policy.nonRetryable.some((final) =>
    typeof final === 'string' ? final === failure.code || final === failure.type : thrown instanceof final,
  );
}

function ownDelay(thrown: unknown): Millis | undefined {
  if (!(thrown instanceof Error) || !('retryAfter' in thrown)) return undefined;
  const { retryAfter } = thrown;
  return typeof retryAfter === 'number' && Number.isFinite(retryAfter) && retryAfter >= 0
    ? Math.ceil(retryAfter)
    : undefined;
}

import type { Millis } from '../duration/duration.js';
import type { RetryPolicy } from './retry-policy.js';

/**
 * Full jitter, so that runs that failed together don't retry together: uniform in
 * [0, min(max, initial·backoff^(n−1))]. Drawn once and recorded with the failed attempt.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 * @param failedAttempt counts from 1
 * @param random uniform in [0, 1)
 */
export function retryDelay(policy: RetryPolicy, failedAttempt: number, random: number): Millis {
  const ceiling = Math.min(policy.maxMs, policy.initialMs * policy.backoff ** (failedAttempt - 1));
  return Math.floor(random * (ceiling + 1));
}

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
  // Never infinite: an initial wait of 0 stays 0.
  const growth = Math.min(policy.backoff ** (failedAttempt - 1), Number.MAX_VALUE);
  const ceiling = Math.min(policy.maxMs, policy.initialMs * growth);
  return Math.floor(random * (ceiling + 1));
}

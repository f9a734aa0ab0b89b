import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryDelay } from './retry-delay.js';
import { defaultRetryPolicy, toRetryPolicy } from './retry-policy.js';

const almostOne = 1 - Number.EPSILON;

describe('retryDelay', () => {
  it('is drawn from a range that doubles with each failure, up to a minute', () => {
    const longest = [1, 2, 3, 7, 8, 1_000].map((failed) => retryDelay(defaultRetryPolicy, failed, almostOne));
    expect(longest).toEqual([500, 1_000, 2_000, 32_000, 60_000, 60_000]);
    expect(retryDelay(defaultRetryPolicy, 8, 0)).toBe(0);
    expect(retryDelay(defaultRetryPolicy, 8, 0.5)).toBe(30_000);
  });

  it('stays within a maximum that is below the initial interval', () => {
    expect(retryDelay(toRetryPolicy({ initialInterval: 500, maxInterval: 20 }), 1, almostOne)).toBe(20);
  });

  it('is none at all for an initial interval of 0, however often it failed', () => {
    const policy = toRetryPolicy({ initialInterval: 0 });
    for (const failed of [1, 2, 1_024, 1_025, 1_000_000]) expect(retryDelay(policy, failed, almostOne)).toBe(0);
  });

  it('is a whole number of milliseconds within bounds, for every policy', () => {
    const policies = fc.record({
      initialInterval: fc.nat(100_000),
      maxInterval: fc.nat(10_000_000),
      backoff: fc.double({ min: 1, max: 100, noNaN: true }),
    });
    const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 5_000 }), draws, (options, failed, random) => {
        const delay = retryDelay(toRetryPolicy(options), failed, random);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(options.maxInterval);
      }),
    );
  });
});

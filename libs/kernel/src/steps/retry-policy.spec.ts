import { describe, expect, it } from '@jest/globals';
import { defaultRetryPolicy, toRetryPolicy, type RetryOptions } from './retry-policy.js';

describe('toRetryPolicy', () => {
  it('tries without end by default, after half a second and up to a minute', () => {
    expect(toRetryPolicy(undefined)).toEqual({
      maxAttempts: Infinity,
      initialMs: 500,
      backoff: 2,
      maxMs: 60_000,
      deadlineMs: Infinity,
      nonRetryable: [],
    });
    expect(toRetryPolicy({})).toEqual(defaultRetryPolicy);
  });

  it('takes each option', () => {
    expect(
      toRetryPolicy({
        maxAttempts: 5,
        initialInterval: '200ms',
        backoff: 1.5,
        maxInterval: '1 hour',
        deadline: '2 days',
        nonRetryable: [RangeError, 'E_FINAL'],
      }),
    ).toEqual({
      maxAttempts: 5,
      initialMs: 200,
      backoff: 1.5,
      maxMs: 3_600_000,
      deadlineMs: 172_800_000,
      nonRetryable: [RangeError, 'E_FINAL'],
    });
  });

  it.each<[RetryOptions, string]>([
    [{ maxAttempts: 0 }, 'retry.maxAttempts'],
    [{ maxAttempts: -1 }, 'retry.maxAttempts'],
    [{ maxAttempts: 1.5 }, 'retry.maxAttempts'],
    [{ maxAttempts: NaN }, 'retry.maxAttempts'],
    [{ backoff: 0.5 }, 'retry.backoff'],
    [{ backoff: 101 }, 'retry.backoff'],
    [{ backoff: NaN }, 'retry.backoff'],
    [{ backoff: Infinity }, 'retry.backoff'],
    [{ initialInterval: -1 }, 'retry.initialInterval'],
    [{ maxInterval: Infinity }, 'retry.maxInterval'],
    [{ deadline: NaN }, 'retry.deadline'],
  ])('refuses %p and names %s', (options, name) => {
    expect(() => toRetryPolicy(options)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(name) }),
    );
  });
});

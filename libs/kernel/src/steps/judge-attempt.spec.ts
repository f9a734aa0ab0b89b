import { describe, expect, it } from '@jest/globals';
import { FermataError } from '../errors/fermata-error.js';
import { NonRetryableError } from '../errors/workflow-errors.js';
import { judgeAttempt, type FailedAttempt } from './judge-attempt.js';
import { toRetryPolicy } from './retry-policy.js';

class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
  readonly code = 'E_STOCK';
}
class SoldOut extends OutOfStock {}

const now = 1_700_000_000_000;
const failed = (parts: Partial<FailedAttempt> = {}): FailedAttempt => ({
  attempt: 1,
  thrown: new OutOfStock('none left'),
  scheduledAt: now,
  now,
  random: 0.5,
  ...parts,
});

describe('judgeAttempt', () => {
  it('tries again after the drawn delay, and keeps the failure', () => {
    expect(judgeAttempt(toRetryPolicy({ initialInterval: 100 }), failed())).toEqual({
      retryAt: now + 50,
      failure: expect.objectContaining({ type: 'OutOfStock', code: 'E_STOCK', message: 'none left' }),
    });
  });

  it('is final with the last attempt', () => {
    const policy = toRetryPolicy({ maxAttempts: 3 });
    expect(judgeAttempt(policy, failed({ attempt: 2 })).retryAt).toBeDefined();
    expect(judgeAttempt(policy, failed({ attempt: 3 }))).toMatchObject({
      retryAt: undefined,
      failure: { code: 'E_STOCK' },
    });
    expect(judgeAttempt(policy, failed({ attempt: 4 })).retryAt).toBeUndefined();
    expect(judgeAttempt(toRetryPolicy({}), failed({ attempt: 1_000_000 })).retryAt).toBeDefined();
  });

  it.each([
    ['the class', OutOfStock, new OutOfStock('x'), true],
    ['a class above it', Error, new OutOfStock('x'), true],
    ['a class below it', SoldOut, new OutOfStock('x'), false],
    ['the code', 'E_STOCK', new OutOfStock('x'), true],
    ['the type', 'OutOfStock', new OutOfStock('x'), true],
    ['another code', 'E_OTHER', new OutOfStock('x'), false],
    [
      "a code of Fermata's own",
      'STEP_TIMED_OUT',
      new FermataError('STEP_TIMED_OUT', { message: 'Late.', fix: 'Wait.' }),
      true,
    ],
    ['the type of what is no error', 'Error', 'a text', true],
  ] as const)('is final when nonRetryable names %s', (_, nonRetryable, thrown, isFinal) => {
    const policy = toRetryPolicy({ nonRetryable: [TypeError, nonRetryable] });
    expect(judgeAttempt(policy, failed({ thrown })).retryAt === undefined).toBe(isFinal);
  });

  it('is final when the error itself says so', () => {
    expect(judgeAttempt(toRetryPolicy({}), failed({ thrown: new NonRetryableError('never') })).retryAt).toBeUndefined();
    const own = Object.assign(new Error('never'), { nonRetryable: true });
    expect(judgeAttempt(toRetryPolicy({}), failed({ thrown: own })).retryAt).toBeUndefined();
  });

  it('waits as long as the error says', () => {
    const after = (retryAfter: unknown): number | undefined =>
      judgeAttempt(
        toRetryPolicy({ initialInterval: 100 }),
        failed({ thrown: Object.assign(new Error('busy'), { retryAfter }) }),
      ).retryAt;
    expect(after(5_000)).toBe(now + 5_000);
    expect(after(0)).toBe(now);
    expect(after(0.2)).toBe(now + 1);
    for (const odd of [-1, NaN, Infinity, '5', null, undefined]) expect(after(odd)).toBe(now + 50);
  });

  it('begins no attempt after the deadline, counted from the scheduling', () => {
    const policy = toRetryPolicy({ initialInterval: 100, deadline: 1_000 });
    expect(judgeAttempt(policy, failed({ now: now + 950 })).retryAt).toBe(now + 1_000);
    expect(judgeAttempt(policy, failed({ now: now + 951 })).retryAt).toBeUndefined();
    const busy = Object.assign(new Error('busy'), { retryAfter: 1_001 });
    expect(judgeAttempt(policy, failed({ thrown: busy })).retryAt).toBeUndefined();
  });

  it.each([undefined, null, 5, 'text', Object.create(null) as object])('judges %p like any other', (thrown) => {
    const verdict = judgeAttempt(toRetryPolicy({ initialInterval: 100 }), failed({ thrown }));
    expect(verdict).toMatchObject({ retryAt: now + 50, failure: { type: 'Error' } });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodePayload } from '../payload/encode.js';
import { FermataError } from './fermata-error.js';
import { toFailure } from './to-failure.js';
import { CancelledError, NonRetryableError, StepError, TimeoutError } from './workflow-errors.js';

const refuse = (): never => {
  throw new Error('a trap');
};

describe('toFailure', () => {
  it('keeps type, message, code, stack and details of an error', () => {
    const error = Object.assign(new RangeError('too much'), { code: 'E_RANGE', details: { max: 5, at: new Date(5) } });
    expect(toFailure(error)).toEqual({
      type: 'RangeError',
      message: 'too much',
      code: 'E_RANGE',
      stack: error.stack,
      details: { max: 5, at: { $date: 5 } },
    });
  });

  it('takes the class for the type where the name says nothing', () => {
    class OutOfStock extends Error {}
    expect(toFailure(new OutOfStock('none left')).type).toBe('OutOfStock');
    expect(toFailure(new Error('plain')).type).toBe('Error');
    expect(toFailure(Object.assign(new Error('renamed'), { name: 'Renamed' })).type).toBe('Renamed');
    expect(toFailure(Object.assign(new Error('unnamed'), { name: '' })).type).toBe('Error');
    expect(toFailure(new (class extends Error {})('anonymous')).type).toBe('Error');
  });

  it('keeps the chain of causes, to a depth', () => {
    const inner = new TypeError('inner');
    expect(toFailure(new Error('outer', { cause: inner }))).toMatchObject({
      cause: { type: 'TypeError', message: 'inner' },
    });
    expect(toFailure(new Error('outer', { cause: 'a text' }))).toMatchObject({ cause: { message: 'a text' } });
    const endless = new Error('endless');
    endless.cause = endless;
    let depth = 0;
    for (let failure = toFailure(endless).cause; failure; failure = failure.cause) depth++;
    expect(depth).toBe(8);
  });

  it('tells errors that say themselves that they are final', () => {
    expect(toFailure(new NonRetryableError('no'))).toMatchObject({ type: 'NonRetryableError', nonRetryable: true });
    expect(toFailure(new Error('perhaps'))).not.toHaveProperty('nonRetryable');
    expect(toFailure(Object.assign(new Error('odd'), { nonRetryable: 'yes' }))).not.toHaveProperty('nonRetryable');
  });

  it('passes on what was recorded once, unchanged', () => {
    const failure = { type: 'OutOfStock', message: 'none left', code: 'E_STOCK', stack: 'OutOfStock: at shop' };
    expect(toFailure(new StepError('reserve', 3, failure))).toBe(failure);
    expect(toFailure(new Error('wrapped', { cause: new StepError('reserve', 3, failure) })).cause).toBe(failure);
  });

  it('knows the errors of Fermata itself', () => {
    expect(toFailure(new TimeoutError('late'))).toMatchObject({ type: 'TimeoutError', code: 'WAIT_TIMED_OUT' });
    expect(toFailure(new CancelledError())).toMatchObject({ type: 'CancelledError', code: 'CANCELLED' });
    const refusal = new FermataError('OVERLOADED', { message: 'Full.', fix: 'Wait.', details: { retryAfterMs: 5 } });
    expect(toFailure(refusal)).toMatchObject({
      code: 'OVERLOADED',
      message: 'Full. Wait.',
      details: { retryAfterMs: 5 },
    });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'out of stock', 'out of stock'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['an object', { reason: 'x' }, '{"reason":"x"}'],
    ['a function', Math.max, 'function max() { [native code] }'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
    ['a big integer', 5n, '[object BigInt]'],
  ])('describes %s that was thrown', (_, thrown, message) => {
    expect(toFailure(thrown)).toEqual({ type: 'Error', message });
  });

  it('leaves out details that can not be recorded', () => {
    const error = Object.assign(new Error('x'), { details: { callback: refuse } });
    expect(toFailure(error)).not.toHaveProperty('details');
    expect(toFailure(error).message).toBe('x');
  });

  it('leaves out details that would not fit beside others in one append', () => {
    const error = Object.assign(new Error('x'), { details: { dump: 'x'.repeat(100_000) } });
    expect(toFailure(error)).not.toHaveProperty('details');
    expect(toFailure(Object.assign(new Error('x'), { details: { dump: 'x'.repeat(1_000) } }))).toHaveProperty(
      'details',
    );
  });

  it('cuts what is too long', () => {
    const failure = toFailure(new Error('x'.repeat(100_000)));
    expect(failure.message).toHaveLength(8_000);
    expect(failure.stack?.length).toBeLessThanOrEqual(8_000);
    expect(toFailure('x'.repeat(100_000)).message).toHaveLength(8_000);
    expect(toFailure({ long: 'x'.repeat(100_000) }).message).toHaveLength(8_000);
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;

  it.each<[string, unknown]>([
    ['an error whose message is no text', Object.assign(new Error('x'), { message: 5 })],
    ['an error whose message is nothing', Object.assign(new Error('x'), { message: undefined })],
    ['an error whose name is no text', Object.assign(new Error('x'), { name: undefined })],
    ['an error whose stack is no text', Object.assign(new Error('x'), { stack: ['frame'] })],
    ['an error without constructor', Object.assign(new Error('x'), { constructor: undefined })],
    ['an error whose message is a trap', Object.defineProperty(new Error('x'), 'message', { get: refuse })],
    ['an error whose code is a trap', Object.defineProperty(new Error('x'), 'code', { get: refuse })],
    ['an error whose cause is a trap', Object.defineProperty(new Error('x'), 'cause', { get: refuse })],
    ['an error of no prototype', Object.setPrototypeOf(new Error('x'), null)],
    ['an object that can not be a text', { toJSON: refuse, toString: refuse }],
    [
      'an object with a trap for a tag',
      {
        toJSON: refuse,
        get [Symbol.toStringTag]() {
          return refuse();
        },
      },
    ],
    ['an object that refers to itself', cyclic],
    ['a proxy that is revoked', revoked.proxy],
    ['a proxy of traps', new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse })],
    ['an error round a revoked proxy', new Error('x', { cause: revoked.proxy })],
  ])('never throws itself: %s', (_, thrown) => {
    const failure = toFailure(thrown);
    expect(typeof failure.type).toBe('string');
    expect(failure.type).not.toBe('');
    expect(typeof failure.message).toBe('string');
    expect(['string', 'undefined']).toContain(typeof failure.stack);
    expect(encodePayload(failure)).toEqual(JSON.parse(JSON.stringify(failure)));
  });

  it('describes anything at all by type and message', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
        (thrown) => {
          const { type, message } = toFailure(thrown);
          expect(typeof type).toBe('string');
          expect(typeof message).toBe('string');
        },
      ),
    );
  });
});

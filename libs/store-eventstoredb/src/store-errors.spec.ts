import { describe, expect, it } from '@jest/globals';
import { storeUnavailable } from '@fermata/engine';
import { fromClientError, isTransient, isUnanswered } from './store-errors.js';

/** An error as the client gives it: with a type of its own, with gRPC's status, or with neither. */
const clientError = (facts: { readonly type?: string; readonly code?: number }): Error =>
  Object.assign(new Error('no'), facts);

describe("The client's errors", () => {
  it.each([
    { type: 'unavailable' },
    { type: 'not-leader' },
    { type: 'cancelled' },
    { type: 'deadline-exceeded' },
    { type: 'timeout' },
    { type: 'unknown' },
    { code: 14 },
    {},
  ])('are worth a repetition: %j', (facts) => {
    const error = clientError(facts);
    expect(isTransient(error)).toBe(true);
    expect(fromClientError(error, 'appending')).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: error });
  });

  it.each([{ type: 'access-denied' }, { type: 'unknown', code: 7 }, { type: 'unknown', code: 16 }])(
    'say that the user may not: %j',
    (facts) => {
      const error = fromClientError(clientError(facts), 'appending');
      expect(isTransient(clientError(facts))).toBe(false);
      expect(error).toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(/refuses appending.*ACL/),
      });
      expect(isUnanswered(error)).toBe(false);
    },
  );

  it('say that a stream was tombstoned', () => {
    expect(fromClientError(clientError({ type: 'stream-deleted' }), 'appending')).toMatchObject({
      code: 'STORE_CORRUPT',
    });
  });

  it.each([new TypeError('x is not a function'), clientError({ type: 'unknown', code: 3 })])(
    'stay as they are when no repetition helps: %s',
    (error) => {
      expect(isTransient(error)).toBe(false);
      expect(fromClientError(error, 'appending')).toBe(error);
    },
  );

  it('leave errors of the store alone', () => {
    const error = storeUnavailable('it was closed');
    expect(isTransient(error)).toBe(false);
    expect(fromClientError(error, 'appending')).toBe(error);
    expect(isUnanswered(error)).toBe(true);
  });
});

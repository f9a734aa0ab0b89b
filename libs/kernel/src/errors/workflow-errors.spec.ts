import { describe, expect, it } from '@jest/globals';
import { aFailure } from '../../../testing/src/builders/event-builders.contract.js';
import { CancelledError, RecordedError, StepError } from './workflow-errors.js';

describe('StepError', () => {
  it('is the recorded error, whole', () => {
    const cause = aFailure({ type: 'SocketError', message: 'reset', code: 'ECONNRESET' });
    const error = new StepError(
      'reserve',
      3,
      aFailure({ code: 'E_X', stack: 'as it was', details: { at: { $date: 5 } }, cause }),
    );
    expect(error).toMatchObject({
      name: 'StepError',
      step: 'reserve',
      attempts: 3,
      type: 'OutOfStock',
      code: 'E_X',
      message: 'none left',
      stack: 'as it was',
      details: { at: new Date(5) },
    });
    expect(error.cause).toBeInstanceOf(RecordedError);
    expect(error.cause).toMatchObject({ type: 'SocketError', code: 'ECONNRESET', message: 'reset' });
  });

  it('has no cause, code or details where none were recorded', () => {
    const error = new StepError('reserve', 1, aFailure());
    expect('cause' in error).toBe(false);
    expect(error).toMatchObject({ code: undefined, details: undefined });
  });
});

describe('CancelledError', () => {
  it('has the same stack wherever it is made, since replays compare nothing but would show it', () => {
    const one = new CancelledError('enough');
    const other = ((): CancelledError => new CancelledError('enough'))();
    expect(one.stack).toBe(other.stack);
    expect(new CancelledError().message).toBe('The run was cancelled.');
    expect(one).toMatchObject({ message: 'The run was cancelled: enough', reason: 'enough', code: 'CANCELLED' });
  });
});

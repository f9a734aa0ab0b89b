import { decodePayload } from '../payload/decode.js';
import type { Failure } from './failure.js';

/**
 * What workflow code and clients catch when recorded work failed: the recorded error, whole. `type` is the class name
 * of the error that was thrown, so `error.type === 'OutOfStock'` tells failures apart on any node and in any replay.
 */
export class RecordedError extends Error {
  override readonly name: string = 'RecordedError';
  readonly type: string;
  readonly code: string | undefined;
  readonly details: unknown;

  constructor(readonly failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: new RecordedError(failure.cause) });
    this.type = failure.type;
    this.code = failure.code;
    this.details = failure.details === undefined ? undefined : decodePayload(failure.details);
    if (failure.stack !== undefined) this.stack = failure.stack;
  }
}

/** A step failed for good; `type`, `message`, `code`, `details` and `cause` are those of its last error. */
export class StepError extends RecordedError {
  override readonly name: string = 'StepError';

  constructor(
    readonly step: string,
    readonly attempts: number,
    failure: Failure,
  ) {
    super(failure);
  }
}

/** Thrown by a step to say that trying again is of no use. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
  readonly nonRetryable = true;
}

/** A wait with a `timeout` ended without what it waited for. */
export class TimeoutError extends Error {
  override readonly name: string = 'TimeoutError';
  readonly code = 'WAIT_TIMED_OUT';
}

/** The run was asked to end, or the scope in which the code waited was left. */
export class CancelledError extends Error {
  override readonly name: string = 'CancelledError';
  readonly code = 'CANCELLED';

  constructor(readonly reason?: string) {
    super(reason === undefined ? 'The run was cancelled.' : `The run was cancelled: ${reason}`);
    // Made by the engine: where is of no use to anyone, and differs from one replay to another.
    this.stack = `${this.name}: ${this.message}`;
  }
}

import type { Payload } from '../payload/payload.js';

/** An error as it is recorded and shown: enough for a person to understand it and for code to tell it apart. */
export interface Failure {
  /** The error class, e.g. `OutOfStock`. */
  readonly type: string;
  readonly message: string;
  /** A stable code, where the error had one. */
  readonly code?: string;
  readonly stack?: string;
  readonly details?: Payload;
  readonly cause?: Failure;
  readonly nonRetryable?: boolean;
}

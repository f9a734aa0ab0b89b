import type { Millis } from '@fermata/kernel';
import { fromClientError, isTransient } from './store-errors.js';
import { withDeadline } from './with-deadline.js';

const pauseMsMin: Millis = 10;
const pauseMsMax: Millis = 500;

interface RetryOptions {
  /** How long in all. */
  readonly msMax: Millis;
  /** What is being done, for the error text: `appending to …`. */
  readonly doing: string;
  /** Told of each failure that is followed by another try. */
  readonly onTrouble?: () => void;
  /** Lets go of what the last try holds, when time is up. */
  readonly onExpired?: () => void;
}

/**
 * Repeats a call until it succeeds or fails in a way that no repetition mends. The call must be one that can be made
 * twice: a read, or an append with the same event IDs at the same expected revision.
 * @throws FermataError `STORE_UNAVAILABLE` when time is up: the outcome isn't known
 */
export async function retrying<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const end = performance.now() + options.msMax;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    const msLeft = end - performance.now();
    try {
      return await withDeadline(attempt(), msLeft, options.onExpired);
    } catch (error) {
      if (!isTransient(error) || performance.now() + pauseMs >= end) throw fromClientError(error, options.doing);
      options.onTrouble?.();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

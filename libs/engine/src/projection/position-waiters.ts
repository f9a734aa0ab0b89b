import { FermataError, type Millis } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { Position } from '../event-store/event-store.js';
import { readModelLags } from '../read-model/read-model-errors.js';

/** How many may wait at once for the read model; each is a request that is being held. */
const waitersMax = 10_000;

interface Waiter {
  readonly wanted: Position;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait until the read model has reached a position. */
export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly clock: Clock) {}

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /**
   * @param timeoutMs `Infinity`: as long as it takes
   * @param position where the read model is now and, if the wait is in vain, where it was at the end of it
   * @throws FermataError `READ_MODEL_LAGS` after `timeoutMs`; `OVERLOADED`: too many wait
   */
  async wait(wanted: Position, timeoutMs: Millis, position: () => Position): Promise<void> {
    if (position() >= wanted) return;
    if (this.#waiters.size >= waitersMax) throw tooManyWait();
    let settled = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiter = { wanted, resolve, reject };
        this.#waiters.add(waiter);
        const giveUp = (): void => reject(readModelLags(position(), wanted));
        const cancel = timeoutMs === Infinity ? undefined : this.clock.after(timeoutMs, giveUp);
        settled = () => {
          this.#waiters.delete(waiter);
          cancel?.();
        };
      });
    } finally {
      settled();
    }
  }

  reached(position: Position): void {
    for (const waiter of this.#waiters) if (waiter.wanted <= position) this.#drop(waiter).resolve();
  }

  rejectAll(error: unknown): void {
    for (const waiter of this.#waiters) this.#drop(waiter).reject(error);
  }

  #drop(waiter: Waiter): Waiter {
    this.#waiters.delete(waiter);
    return waiter;
  }
}

function tooManyWait(): FermataError {
  return new FermataError('OVERLOADED', {
    message: `${waitersMax} requests wait for the read model already.`,
    fix: 'Try again in a second.',
    details: { retryAfterMs: 1_000 },
  });
}

import type { RunId } from '@fermata/kernel';
import type { ClosedOutcome } from './closed-outcome.js';

type Waiter = (outcome: ClosedOutcome) => void;

/** Those who wait for a run to close. */
export class ResultWaiters {
  readonly #waiters = new Map<RunId, Set<Waiter>>();

  /** The answer stops the waiting. */
  add(runId: RunId, waiter: Waiter): () => void {
    const waiters = this.#waiters.get(runId) ?? new Set();
    this.#waiters.set(runId, waiters.add(waiter));
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiters.get(runId) === waiters) this.#waiters.delete(runId);
    };
  }

  closed(outcome: ClosedOutcome): void {
    const waiters = this.#waiters.get(outcome.runId);
    if (!waiters) return;
    this.#waiters.delete(outcome.runId);
    for (const waiter of waiters) waiter(outcome);
  }
}

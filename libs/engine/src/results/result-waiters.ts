import type { FermataError, RunId } from '@fermata/kernel';
import type { ClosedOutcome } from './closed-outcome.js';

interface Waiter {
  /** Changes when the run is followed by another. */
  runId: RunId;
  readonly tell: (outcome: ClosedOutcome) => void;
  readonly fail: (error: FermataError) => void;
}

/** Those who wait for a run to close, or for the last of the runs that follow it. */
export class ResultWaiters {
  readonly #waiters = new Map<RunId, Set<Waiter>>();

  /** The answer stops the waiting. */
  add(runId: RunId, tell: Waiter['tell'], fail: Waiter['fail']): () => void {
    const waiter: Waiter = { runId, tell, fail };
    this.#put(waiter);
    return () => {
      const waiters = this.#waiters.get(waiter.runId);
      if (waiters?.delete(waiter) && waiters.size === 0) this.#waiters.delete(waiter.runId);
    };
  }

  /** What waits for a run goes on waiting for the run that follows it. */
  follow(runId: RunId, nextRunId: RunId): void {
    const waiters = this.#waiters.get(runId);
    this.#waiters.delete(runId);
    for (const waiter of waiters ?? []) {
      waiter.runId = nextRunId;
      this.#put(waiter);
    }
  }

  closed(outcome: ClosedOutcome): void {
    const waiters = this.#waiters.get(outcome.runId);
    if (!waiters) return;
    this.#waiters.delete(outcome.runId);
    for (const { tell } of waiters) tell(outcome);
  }

  /** Nobody here will know how they end. */
  stop(error: FermataError): void {
    const waiters = [...this.#waiters.values()].flatMap((ofRun) => [...ofRun]);
    this.#waiters.clear();
    for (const { fail } of waiters) fail(error);
  }

  #put(waiter: Waiter): void {
    const waiters = this.#waiters.get(waiter.runId);
    if (waiters) waiters.add(waiter);
    else this.#waiters.set(waiter.runId, new Set([waiter]));
  }
}

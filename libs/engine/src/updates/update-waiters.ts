import {
  encodePayload,
  FermataError,
  toFailure,
  type RunId,
  type UpdateCompleted,
  type UpdateId,
} from '@fermata/kernel';
import type { Position } from '../event-store/event-store.js';
import type { UpdateOutcome } from './update-outcome.js';

interface Waiter {
  readonly resolve: (answer: { readonly outcome: UpdateOutcome; readonly position: Position }) => void;
  readonly reject: (error: FermataError) => void;
}

/** Those who wait for their update to be carried out. */
export class UpdateWaiters {
  readonly #waiters = new Map<RunId, Map<UpdateId, Waiter[]>>();

  wait(runId: RunId, updateId: UpdateId): Promise<{ readonly outcome: UpdateOutcome; readonly position: Position }> {
    const waiting = new Promise<Awaited<ReturnType<UpdateWaiters['wait']>>>((resolve, reject) => {
      const ofRun = this.#waiters.get(runId) ?? new Map<UpdateId, Waiter[]>();
      this.#waiters.set(runId, ofRun);
      ofRun.set(updateId, [...(ofRun.get(updateId) ?? []), { resolve, reject }]);
    });
    // Rejected by a stop while nobody listens yet.
    waiting.catch(() => undefined);
    return waiting;
  }

  completed(runId: RunId, completed: UpdateCompleted, position: Position): void {
    const ofRun = this.#waiters.get(runId);
    const waiters = ofRun?.get(completed.updateId);
    if (!ofRun || !waiters) return;
    ofRun.delete(completed.updateId);
    if (ofRun.size === 0) this.#waiters.delete(runId);
    for (const { resolve } of waiters) resolve({ outcome: toUpdateOutcome(runId, completed), position });
  }

  /** Those whose update has gone over to the next run go on waiting there. */
  follow(runId: RunId, nextRunId: RunId, hasGoneOver: (updateId: UpdateId) => boolean): void {
    for (const [updateId, waiters] of this.#waiters.get(runId) ?? []) {
      if (!hasGoneOver(updateId)) continue;
      this.#waiters.get(runId)?.delete(updateId);
      const next = this.#waiters.get(nextRunId) ?? new Map<UpdateId, Waiter[]>();
      this.#waiters.set(nextRunId, next.set(updateId, [...(next.get(updateId) ?? []), ...waiters]));
    }
  }

  /** Nobody here will know how they end. */
  stop(error: FermataError): void {
    const waiters = [...this.#waiters.values()].flatMap((ofRun) => [...ofRun.values()].flat());
    this.#waiters.clear();
    for (const { reject } of waiters) reject(error);
  }

  closed(runId: RunId, position: Position): void {
    const ofRun = this.#waiters.get(runId);
    this.#waiters.delete(runId);
    for (const waiters of ofRun?.values() ?? []) {
      const outcome: UpdateOutcome = { runId, status: 'failed', failure: toFailure(closedFirst(runId)) };
      for (const { resolve } of waiters) resolve({ outcome, position });
    }
  }
}

export function toUpdateOutcome(runId: RunId, { result, failure }: UpdateCompleted): UpdateOutcome {
  if (failure) return { runId, status: 'failed', failure };
  return { runId, status: 'completed', result: result ?? encodePayload(undefined) };
}

function closedFirst(runId: RunId): FermataError {
  return new FermataError('EXECUTION_CLOSED', {
    message: `Run ${runId} closed before the update was carried out.`,
    fix: 'Look at its result.',
  });
}

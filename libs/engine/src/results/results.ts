import {
  executionNotFound,
  streamIdOf,
  type ExecutionState,
  type ExecutionTarget,
  type Millis,
  type RunId,
} from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { EventStore } from '../event-store/event-store.js';
import type { ExecutionCache } from '../executions/execution-cache.js';
import type { ExecutionViews } from '../views/execution-views.js';
import { toOutcome, type ClosedOutcome } from './closed-outcome.js';
import type { ResultWaiters } from './result-waiters.js';

export interface ResultsParts {
  readonly cache: ExecutionCache;
  readonly store: EventStore;
  readonly views: ExecutionViews;
  readonly waiters: ResultWaiters;
  readonly clock: Clock;
}

export interface ResultOptions {
  /** Default: the newest run. */
  readonly runId?: RunId;
  /** How long to wait for the run to close. Default: without end. */
  readonly waitMs?: Millis;
  readonly signal?: AbortSignal;
}

/** Hands out how runs ended, and waits for those that haven't. */
export class Results {
  constructor(private readonly parts: ResultsParts) {}

  /**
   * Nothing when the run is still open after `waitMs`.
   * @throws FermataError `EXECUTION_NOT_FOUND`; the signal's reason when it is aborted
   */
  async wait(target: ExecutionTarget, options: ResultOptions = {}): Promise<ClosedOutcome | undefined> {
    const runId = options.runId ?? (await this.#newestRun(target));
    const waiting = this.#await(runId, options);
    try {
      const first = await Promise.race([waiting.outcome, this.#known(target, runId)]);
      return first ?? (await waiting.outcome);
    } finally {
      waiting.stop();
    }
  }

  async #newestRun(target: ExecutionTarget): Promise<RunId> {
    const state = await this.parts.cache.of(target).read((memory) => memory.state);
    if (state.status === 'absent') throw executionNotFound(target.workflowId);
    return state.started.runId;
  }

  #await(runId: RunId, { waitMs, signal }: ResultOptions) {
    const stops: (() => void)[] = [];
    const outcome = new Promise<ClosedOutcome | undefined>((resolve, reject) => {
      stops.push(this.parts.waiters.add(runId, resolve, reject));
      if (waitMs !== undefined) stops.push(this.parts.clock.after(waitMs, () => resolve(undefined)));
      const abort = (): void => reject(signal?.reason as Error);
      signal?.addEventListener('abort', abort, { once: true });
      stops.push(() => signal?.removeEventListener('abort', abort));
    });
    // Settled by an abort while nobody listens yet.
    outcome.catch(() => undefined);
    return { outcome, stop: () => stops.forEach((stop) => stop()) };
  }

  async #known(target: ExecutionTarget, runId: RunId): Promise<ClosedOutcome | undefined> {
    const execution = this.parts.cache.peek(streamIdOf(target));
    if (execution?.runId !== runId) return this.outcomeOf(target, runId);
    // It may have closed before anybody waited and be at work all the same, on what follows from that.
    const state = await execution.read((memory) => (memory.runId === runId ? memory.state : undefined));
    return state ? outcomeIn(state) : this.outcomeOf(target, runId);
  }

  /**
   * How a run ended, or the last of those that follow it, as the log has it; nothing while that is open.
   * @throws FermataError `EXECUTION_NOT_FOUND`
   */
  async outcomeOf(target: ExecutionTarget, firstRunId: RunId): Promise<ClosedOutcome | undefined> {
    const position = await this.parts.store.head();
    for (let runId: RunId | undefined = firstRunId; runId !== undefined;) {
      const row = await this.parts.views.find(target, { runId, position });
      if (!row) throw executionNotFound(target.workflowId, runId);
      const { closing, next } = await this.parts.views.endOf(row);
      if (next === undefined && closing)
        return closing.type === 'WorkflowContinuedAsNew' ? undefined : toOutcome(runId, closing);
      if (next !== undefined) this.parts.waiters.follow(runId, next);
      runId = next;
    }
    return undefined;
  }
}

function outcomeIn(state: ExecutionState): ClosedOutcome | undefined {
  if (state.status !== 'closed' || state.closing.type === 'WorkflowContinuedAsNew') return undefined;
  return toOutcome(state.started.runId, state.closing);
}

import type { Millis } from '../duration/duration.js';
import type { TimerFired, TimerId, WaitId } from '../execution/events.js';
import type { RunCore } from './run-core.js';
import type { Scope } from './scope.js';
import { openWait, rejected, rejectWait, type Wait } from './wait.js';

/** A timer that limits a wait or a scope, and what is to happen when it fires first. */
export interface TimeLimit {
  /** Absent for the limit of a scope. */
  readonly waitId?: WaitId;
  readonly expire: () => void;
}

interface AskedTimer {
  readonly wait: Wait;
  readonly limit: TimeLimit | undefined;
}

/** The timers that workflow code has asked for and that haven't fired. */
export class TimerAsks {
  readonly #asked = new Map<TimerId, AskedTimer>();
  #nextId = 0;

  constructor(private readonly core: RunCore) {}

  get isWaiting(): boolean {
    return this.#asked.size > 0;
  }

  ask(scope: Scope, ms: Millis): { readonly timerId: TimerId | undefined; readonly promise: Promise<unknown> } {
    this.core.assertUsable('ctx.sleep');
    if (scope.cancelled) return { timerId: undefined, promise: rejected(scope.cancelled) };
    const wait = openWait(scope);
    return { timerId: this.#start(wait, ms, undefined), promise: wait.promise };
  }

  /** Limits a wait that has just begun. */
  limit(scope: Scope, ms: Millis, limit: TimeLimit): TimerId {
    return this.#start(openWait(scope), ms, limit);
  }

  cancelOne(timerId: TimerId): void {
    if (this.#asked.delete(timerId)) this.core.decide({ type: 'TimerCancelled', version: 1, timerId });
  }

  fire({ timerId }: TimerFired): void {
    const timer = this.#asked.get(timerId);
    this.#asked.delete(timerId);
    if (timer?.limit) timer.limit.expire();
    else timer?.wait.resolve(undefined);
  }

  /** Gives up the timers whose scope is cancelled. */
  cancel(): void {
    for (const [timerId, { wait }] of [...this.#asked]) {
      if (!wait.scope.cancelled) continue;
      this.cancelOne(timerId);
      rejectWait(wait, wait.scope.cancelled);
    }
  }

  #start(wait: Wait, ms: Millis, limit: TimeLimit | undefined): TimerId {
    const timerId = this.#nextId++;
    this.#asked.set(timerId, { wait, limit });
    const dueAt = this.core.now + ms;
    this.core.decide(
      limit?.waitId === undefined
        ? { type: 'TimerStarted', version: 1, timerId, dueAt }
        : { type: 'TimerStarted', version: 1, timerId, dueAt, waitId: limit.waitId },
    );
    return timerId;
  }
}

import type { Millis } from '../duration/duration.js';
import type { TimerId, WaitId } from '../execution/events.js';
import type { RunCore } from './run-core.js';
import type { Scope } from './scope.js';
import type { TimerAsks } from './timer-asks.js';
import { openWait, rejected, rejectWait, type Wait } from './wait.js';

interface ConditionWait extends Wait {
  readonly waitId: WaitId;
  readonly isMet: () => boolean;
  timerId: TimerId | undefined;
}

/** The conditions on its own state that workflow code waits for. */
export class ConditionAsks {
  readonly #waits = new Set<ConditionWait>();

  constructor(
    private readonly core: RunCore,
    private readonly timers: TimerAsks,
  ) {}

  get isWaiting(): boolean {
    return this.#waits.size > 0;
  }

  /** True when it is met, false when the time is up first. */
  ask(scope: Scope, isMet: () => boolean, timeoutMs: Millis | undefined): Promise<unknown> {
    this.core.assertUsable('ctx.condition');
    if (scope.cancelled) return rejected(scope.cancelled);
    if (isMet()) return Promise.resolve(true);
    const wait: ConditionWait = { ...openWait(scope), waitId: this.core.nextWaitId(), isMet, timerId: undefined };
    this.#waits.add(wait);
    this.core.decide({ type: 'ConditionAwaited', version: 1, waitId: wait.waitId });
    if (timeoutMs !== undefined) {
      wait.timerId = this.timers.limit(scope, timeoutMs, { waitId: wait.waitId, expire: () => this.#expire(wait) });
    }
    return wait.promise;
  }

  /**
   * Wakes those whose condition is met now that the code has come to rest.
   * @returns whether any was, so that the turn goes on
   */
  settle(): boolean {
    let hasWoken = false;
    for (const wait of [...this.#waits]) {
      if (!this.#look(wait)) continue;
      this.#end(wait);
      hasWoken = true;
    }
    return hasWoken;
  }

  /** Gives up the waits whose scope is cancelled. */
  cancel(): void {
    for (const wait of [...this.#waits]) {
      if (!wait.scope.cancelled) continue;
      this.#waits.delete(wait);
      this.core.decide({ type: 'WaitEnded', version: 1, waitId: wait.waitId });
      rejectWait(wait, wait.scope.cancelled);
    }
  }

  /** A condition that throws ends its wait with what it threw. */
  #look(wait: ConditionWait): boolean {
    try {
      return wait.isMet();
    } catch (error) {
      rejectWait(wait, error);
      return true;
    }
  }

  #end(wait: ConditionWait): void {
    this.#waits.delete(wait);
    this.core.decide({ type: 'WaitEnded', version: 1, waitId: wait.waitId });
    if (wait.timerId !== undefined) this.timers.cancelOne(wait.timerId);
    wait.resolve(true);
  }

  #expire(wait: ConditionWait): void {
    this.#waits.delete(wait);
    wait.resolve(false);
  }
}

import type { TimerId, WaitId } from '../execution/events.js';
import type { Payload } from '../payload/payload.js';
import type { SignalHandler } from '../workflow/registered-workflow.js';
import type { Wait } from './wait.js';

export interface SignalWait extends Wait {
  readonly waitId: WaitId;
  readonly name: string;
  /** The timer that limits it. */
  timerId: TimerId | undefined;
}

/** A signal that came: as it is recorded, and as the code gets it. */
export interface KeptSignal {
  readonly recorded: Payload;
  readonly value: unknown;
}

/** A signal that nobody has taken, as it is recorded. */
export interface UnreadSignal {
  readonly name: string;
  readonly payload: Payload;
}

/**
 * A run's signals: each goes to the oldest wait for its name, else to the handler, else it is kept until one of them
 * comes.
 */
export class SignalInbox {
  readonly #kept = new Map<string, KeptSignal[]>();
  readonly #waits = new Map<string, SignalWait[]>();
  readonly #handlers = new Map<string, SignalHandler>();

  take(name: string): KeptSignal | undefined {
    const kept = this.#kept.get(name);
    const signal = kept?.shift();
    if (kept?.length === 0) this.#kept.delete(name);
    return signal;
  }

  keep(name: string, signal: KeptSignal): void {
    const kept = this.#kept.get(name);
    if (kept) kept.push(signal);
    else this.#kept.set(name, [signal]);
  }

  addWait(wait: SignalWait): void {
    const waits = this.#waits.get(wait.name);
    if (waits) waits.push(wait);
    else this.#waits.set(wait.name, [wait]);
  }

  takeWait(name: string): SignalWait | undefined {
    const wait = this.#waits.get(name)?.[0];
    if (wait) this.removeWait(wait);
    return wait;
  }

  removeWait(wait: SignalWait): void {
    const left = this.#waits.get(wait.name)?.filter((other) => other !== wait) ?? [];
    if (left.length === 0) this.#waits.delete(wait.name);
    else this.#waits.set(wait.name, left);
  }

  waits(): readonly SignalWait[] {
    return [...this.#waits.values()].flat();
  }

  handle(name: string, handler: SignalHandler): void {
    this.#handlers.set(name, handler);
  }

  handlerOf(name: string): SignalHandler | undefined {
    return this.#handlers.get(name);
  }

  kept(): readonly UnreadSignal[] {
    return [...this.#kept].flatMap(([name, signals]) => signals.map(({ recorded: payload }) => ({ name, payload })));
  }

  get isWaiting(): boolean {
    return this.#waits.size > 0;
  }
}

import type { TimerId, WaitId } from '../execution/events.js';
import type { Payload } from '../payload/payload.js';
import type { DefaultSignalHandler, SignalHandler } from '../workflow/registered-workflow.js';
import type { Wait } from './wait.js';

export interface SignalWait extends Wait {
  readonly waitId: WaitId;
  readonly name: string;
  /** The timer that limits it. */
  timerId: TimerId | undefined;
}

/** A signal that came: as it is recorded, and as the code gets it. */
export interface KeptSignal {
  readonly name: string;
  readonly recorded: Payload;
  readonly value: unknown;
}

/**
 * A run's signals: each goes to the oldest wait for its name, else to the handler, else to the default handler, else it
 * is kept until one of them comes.
 */
export class SignalInbox {
  /** By name, with its number in the order in which signals were kept. */
  readonly #kept = new Map<string, (readonly [number, KeptSignal])[]>();
  #keptCount = 0;
  #defaultHandler: DefaultSignalHandler | undefined;
  readonly #waits = new Map<string, SignalWait[]>();
  readonly #handlers = new Map<string, SignalHandler>();

  take(name: string): KeptSignal | undefined {
    const kept = this.#kept.get(name);
    const signal = kept?.shift()?.[1];
    if (kept?.length === 0) this.#kept.delete(name);
    return signal;
  }

  keep(signal: KeptSignal): void {
    const kept = this.#kept.get(signal.name);
    const numbered = [this.#keptCount++, signal] as const;
    if (kept) kept.push(numbered);
    else this.#kept.set(signal.name, [numbered]);
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

  handleDefault(handler: DefaultSignalHandler): void {
    this.#defaultHandler = handler;
  }

  /** The name's own, else the default one. */
  handlerOf(name: string): SignalHandler | undefined {
    const own = this.#handlers.get(name);
    const fallback = this.#defaultHandler;
    return own ?? (fallback && ((payload) => fallback(name, payload)));
  }

  /** In the order of the log. */
  kept(): readonly KeptSignal[] {
    return [...this.#kept.values()]
      .flat()
      .sort(([a], [b]) => a - b)
      .map(([, signal]) => signal);
  }

  get isWaiting(): boolean {
    return this.#waits.size > 0;
  }
}

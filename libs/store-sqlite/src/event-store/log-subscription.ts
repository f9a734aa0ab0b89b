import type { Position, StoredEvent, Subscriber, Subscription } from '@fermata/engine';

interface LogSubscriptionOptions {
  readonly subscriber: Subscriber;
  /** A page of the log after a position; empty when there is nothing more. */
  readonly readAfter: (position: Position) => readonly StoredEvent[];
  /** Events kept for a subscriber that is busy. */
  readonly eventsMax: number;
  /** Called once, when it has ended. */
  readonly onEnd: () => void;
}

/**
 * Reads the log page by page until there is nothing more, then takes what is committed from memory. When that is more
 * than `eventsMax`, it goes back to reading. Reading and going over to memory happen without a pause between them, so
 * nothing is missed and nothing comes twice.
 */
export class LogSubscription implements Subscription {
  readonly #options: LogSubscriptionOptions;
  readonly #ended: Promise<void>;
  #position: Position;
  #open = true;
  #live = false;
  #queue: StoredEvent[] = [];
  #wake: (() => void) | undefined;

  constructor(options: LogSubscriptionOptions) {
    this.#options = options;
    this.#position = options.subscriber.after;
    this.#ended = this.#run();
  }

  /** Whether `offer` does anything: otherwise the events needn't be made. */
  get isLive(): boolean {
    return this.#live;
  }

  /** Events that have just been committed, in log order. */
  offer(events: readonly StoredEvent[]): void {
    if (!this.#live) return;
    if (this.#queue.length + events.length > this.#options.eventsMax) {
      this.#queue = [];
      this.#live = false;
    } else {
      for (const event of events) if (event.position > this.#position) this.#queue.push(event);
    }
    this.#wake?.();
  }

  /** Waits for the call of `onEvents` that is under way, if any: not to be awaited within it. */
  async close(): Promise<void> {
    this.#end();
    await this.#ended;
  }

  drop(error: unknown): void {
    if (!this.#open) return;
    this.#end();
    this.#options.subscriber.onDropped(error);
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#live = false;
    this.#queue = [];
    this.#wake?.();
    this.#options.onEnd();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // `subscribe` returns first
    try {
      while (this.#open) await this.#deliverNext();
    } catch (error) {
      this.drop(error);
    }
  }

  async #deliverNext(): Promise<void> {
    const { subscriber, readAfter } = this.#options;
    const reading = !this.#live;
    const events = reading ? readAfter(this.#position) : this.#takeQueue();
    const last = events.at(-1);
    if (last === undefined) {
      this.#live = true;
      subscriber.onCaughtUp?.();
      await this.#offered();
      return;
    }
    this.#position = last.position;
    await subscriber.onEvents(events);
    if (reading) await nextIteration();
  }

  #takeQueue(): readonly StoredEvent[] {
    const events = this.#queue;
    this.#queue = [];
    return events;
  }

  async #offered(): Promise<void> {
    if (this.#queue.length > 0 || !this.#live) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

/** Lets others have the event loop between two pages. */
function nextIteration(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

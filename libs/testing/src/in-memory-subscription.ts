import type { Position, StoredEvent, Subscriber, Subscription } from '@fermata/engine';

interface InMemorySubscriptionOptions {
  readonly subscriber: Subscriber;
  /** A page of the log after a position; empty when there is nothing more. */
  readonly readAfter: (position: Position) => readonly StoredEvent[];
  /** Called once, when it has ended. */
  readonly onEnd: () => void;
}

/** Reads on from where it is, in microtasks; when there is nothing more, waits to be woken. */
export class InMemorySubscription implements Subscription {
  readonly #options: InMemorySubscriptionOptions;
  readonly #ended: Promise<void>;
  #position: Position;
  #open = true;
  #wake: (() => void) | undefined;

  constructor(options: InMemorySubscriptionOptions) {
    this.#options = options;
    this.#position = options.subscriber.after;
    this.#ended = this.#run();
  }

  wake(): void {
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
    const events = readAfter(this.#position);
    const last = events.at(-1);
    if (last !== undefined) {
      this.#position = last.position;
      await subscriber.onEvents(events);
      return;
    }
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    subscriber.onCaughtUp?.();
    await woken;
  }
}

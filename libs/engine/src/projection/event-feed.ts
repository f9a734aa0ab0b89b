import type { EventStore, Position, StoredEvent, Subscription } from '../event-store/event-store.js';

/**
 * A subscription as a bounded buffer to take batches from. While it is full the store's next batch is held back, which
 * makes the store fall back to reading the log.
 */
export class EventFeed {
  readonly #subscription: Subscription;
  #events: StoredEvent[] = [];
  #ended: { readonly error?: unknown } | undefined;
  #changed: (() => void) | undefined;
  #drained: (() => void) | undefined;

  /** @param eventsMax the buffer takes no further batch once it holds so many */
  constructor(
    store: EventStore,
    after: Position,
    private readonly eventsMax: number,
  ) {
    this.#subscription = store.subscribe({
      after,
      onEvents: (events) => this.#receive(events),
      onDropped: (error) => this.#end({ error }),
    });
  }

  get size(): number {
    return this.#events.length;
  }

  /**
   * Resolves when there are events to take, or with `stopped` after `stop`.
   * @throws what the store gave as the reason for dropping the subscription
   */
  async next(): Promise<'events' | 'stopped'> {
    if (!this.#ended && this.#events.length === 0) await new Promise<void>((resolve) => (this.#changed = resolve));
    if (!this.#ended) return 'events';
    if ('error' in this.#ended) throw this.#ended.error;
    return 'stopped';
  }

  /** The oldest events, at most so many. */
  take(limit: number): readonly StoredEvent[] {
    if (this.#events.length <= limit) {
      const taken = this.#events;
      this.#events = [];
      this.#release();
      return taken;
    }
    const taken = this.#events.slice(0, limit);
    this.#events = this.#events.slice(limit);
    if (this.#events.length < this.eventsMax) this.#release();
    return taken;
  }

  stop(): void {
    this.#end({});
  }

  async close(): Promise<void> {
    this.stop();
    await this.#subscription.close();
  }

  #receive(events: readonly StoredEvent[]): void | Promise<void> {
    if (this.#ended) return;
    this.#events = this.#events.length === 0 ? [...events] : this.#events.concat(events);
    this.#changed?.();
    if (this.#events.length >= this.eventsMax) return new Promise((resolve) => (this.#drained = resolve));
  }

  #end(reason: { readonly error?: unknown }): void {
    this.#ended ??= reason;
    this.#events = [];
    this.#changed?.();
    this.#release();
  }

  #release(): void {
    this.#drained?.();
    this.#drained = undefined;
  }
}

import { streamNameFilter, type AllStreamSubscription, type EventStoreDBClient } from '@eventstore/db-client';
import type { Position, StoredEvent } from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import { decodeEvent } from './event-codec.js';
import type { LogName } from './log-name.js';

/** Events that the client holds ready; with more, the server is held back. */
const readyEventsMax = 1_000;
/** The server says where it is after so many events of others: a sign of life, and a place to go on from. */
const searchWindowEvents = 1_000;

/** The log from a position on, as one subscription of the client delivers it, until that ends for whatever reason. */
export class LogFeed {
  readonly #subscription: AllStreamSubscription;
  #ended: { readonly error?: Error } | undefined;
  #changed: (() => void) | undefined;
  #searchedTo: Position;

  /** @param after the events after this position, which must be that of an event */
  constructor(client: EventStoreDBClient, { pattern }: LogName, after: Position) {
    this.#searchedTo = after;
    const filter = streamNameFilter({
      regex: pattern,
      maxSearchWindow: searchWindowEvents,
      checkpointReached: (_subscription, { commit }) => this.#reached(Number(commit)),
    });
    const position = BigInt(after);
    const fromPosition = { commit: position, prepare: position };
    this.#subscription = client.subscribeToAll({ fromPosition, filter }, { highWaterMark: readyEventsMax });
    this.#subscription
      .on('readable', () => this.#changed?.())
      .on('error', (error) => this.#end({ error }))
      .on('end', () => this.#end({}))
      .on('close', () => this.#end({}));
  }

  /** All up to this position has been taken, or is of others: a later feed may begin here. */
  get searchedTo(): Position {
    return this.#searchedTo;
  }

  /** What has arrived, at most so many events, in log order. */
  take(eventsMax: number): readonly StoredEvent[] {
    const events: StoredEvent[] = [];
    while (events.length < eventsMax) {
      const resolved = this.#subscription.read() as { readonly event?: Parameters<typeof decodeEvent>[0] } | null;
      if (resolved === null) break;
      if (resolved.event) events.push(decodeEvent(resolved.event));
    }
    this.#searchedTo = Math.max(this.#searchedTo, events.at(-1)?.position ?? 0);
    return events;
  }

  /**
   * Resolves when there may be something to take or the server gave a sign of life; with `idle` when it didn't for so
   * long.
   * @throws what ended the subscription, if it has ended
   */
  async changed(idleMs: Millis): Promise<'events' | 'idle'> {
    if (this.#subscription.readableLength > 0) return 'events';
    if (this.#ended) throw this.#ended.error ?? new Error('the server ended the subscription');
    let timer: NodeJS.Timeout | undefined;
    const happened = await new Promise<'events' | 'idle'>((resolve) => {
      this.#changed = () => resolve('events');
      timer = setTimeout(() => resolve('idle'), idleMs);
    });
    this.#changed = undefined;
    clearTimeout(timer);
    return happened;
  }

  /** Makes `changed` resolve at once, for whoever waits there. */
  wake(): void {
    this.#changed?.();
  }

  close(): void {
    this.#end({});
    // Cancelling a call that failed to begin fails in the same way: there is nothing left to end.
    void this.#subscription.unsubscribe().catch(() => undefined);
  }

  async #reached(position: Position): Promise<void> {
    // What came before the checkpoint may still wait to be taken.
    if (this.#subscription.readableLength === 0) this.#searchedTo = Math.max(this.#searchedTo, position);
    this.#changed?.();
  }

  #end(reason: { readonly error?: Error }): void {
    this.#ended ??= reason;
    this.#changed?.();
  }
}

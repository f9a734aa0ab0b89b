import type { Position, StoredEvent, Subscriber, Subscription } from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import type { LogFeed } from './log-feed.js';
import type { LogReader } from './log-reader.js';
import { fromClientError, isTransient, isUnanswered } from './store-errors.js';

interface LogSubscriptionOptions {
  readonly subscriber: Subscriber;
  readonly reader: LogReader;
  readonly eventsMax: number;
  readonly idleMs: Millis;
  /** Called once, when it has ended. */
  readonly onEnd: () => void;
}

const pauseMsMin: Millis = 50;
const pauseMsMax: Millis = 2_000;
/** What is durable is delivered well within this time; later than that the feed is broken. */
const deliveryMsMax: Millis = 1_000;

/**
 * Follows the log over as many of the client's subscriptions as it takes: these end without a word, so each one is left
 * after any doubt, and the next begins behind the last event that was delivered.
 */
export class LogSubscription implements Subscription {
  readonly #options: LogSubscriptionOptions;
  readonly #ended: Promise<void>;
  /** Of the last event delivered. */
  #position: Position;
  /** At or behind `#position`: nothing for the subscriber is in between. */
  #searchedTo: Position;
  #open = true;
  #feed: LogFeed | undefined;
  #endPause: (() => void) | undefined;

  constructor(options: LogSubscriptionOptions) {
    this.#options = options;
    this.#position = options.subscriber.after;
    this.#searchedTo = options.subscriber.after;
    this.#ended = this.#run();
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
    this.#feed?.wake();
    this.#endPause?.();
    this.#options.onEnd();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // `subscribe` returns first
    let pauseMs = pauseMsMin;
    while (this.#open) {
      const from = this.#position;
      const failure = await this.#follow();
      if (failure === undefined) continue;
      if ('subscriber' in failure) {
        this.drop(failure.subscriber);
      } else if (isTransient(failure.store) || isUnanswered(failure.store)) {
        pauseMs = this.#position > from ? pauseMsMin : Math.min(pauseMs * 2, pauseMsMax);
        await this.#pause(pauseMs);
      } else {
        this.drop(fromClientError(failure.store, 'subscribing to the log'));
      }
    }
  }

  /** One subscription of the client, from its beginning to its end. */
  async #follow(): Promise<{ readonly store: unknown } | { readonly subscriber: unknown } | undefined> {
    const { reader, eventsMax } = this.#options;
    const feed = reader.feed(this.#searchedTo);
    this.#feed = feed;
    try {
      await this.#sayWhetherCaughtUp();
      while (this.#open) {
        const events = feed.take(eventsMax).filter(({ position }) => position > this.#position);
        if (events.length > 0) {
          const failure = await this.#deliver(events);
          if (failure !== undefined) return failure;
        } else if (!(await this.#isAlive(feed))) {
          return undefined;
        }
      }
      return undefined;
    } catch (store) {
      return { store };
    } finally {
      this.#searchedTo = Math.max(this.#searchedTo, feed.searchedTo);
      feed.close();
      this.#feed = undefined;
    }
  }

  async #deliver(events: readonly StoredEvent[]): Promise<{ readonly subscriber: unknown } | undefined> {
    const last = events.at(-1)?.position ?? this.#position;
    this.#position = last;
    this.#options.reader.saw(last);
    try {
      await this.#options.subscriber.onEvents(events);
    } catch (subscriber) {
      return { subscriber };
    }
    await this.#sayWhetherCaughtUp();
    return undefined;
  }

  /** Waits for events; a feed that is silent while there are some is dead. */
  async #isAlive(feed: LogFeed): Promise<boolean> {
    const { reader, idleMs } = this.#options;
    if ((await feed.changed(idleMs)) === 'events' || !this.#open) return true;
    if ((await reader.head()) <= this.#position) return true;
    return (await feed.changed(deliveryMsMax)) === 'events';
  }

  /** The server says it once only, and without a position: the head is asked for where somebody wants to know. */
  async #sayWhetherCaughtUp(): Promise<void> {
    const { subscriber, reader } = this.#options;
    if (subscriber.onCaughtUp === undefined || !this.#open) return;
    if (this.#isAt(await reader.head())) subscriber.onCaughtUp();
  }

  #isAt(head: Position): boolean {
    return this.#open && head <= this.#position;
  }

  async #pause(ms: Millis): Promise<void> {
    if (!this.#open) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endPause = undefined;
  }
}

import { storeUnavailable, toCommitId, type Position, type ReadLogOptions, type StoredEvent } from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import type { Extent } from './extent.js';
import { LogFeed } from './log-feed.js';
import type { LogName } from './log-name.js';
import { collect, type Reading } from './reading.js';
import { retrying } from './retry.js';
import { SharedLook } from './shared-look.js';

const scanEventsMin = 16;
const scanEventsMax = 1_024;

/** Reads one namespace's part of the server's log. */
export class LogReader {
  readonly #reading: Reading;
  readonly #log: LogName;
  readonly #eventsMax: number;
  readonly #headLook = new SharedLook(() => this.#findHead());
  readonly #origin: Position;
  #head: Position;
  #searchedTo: Position;

  /** @param extent as of some moment before */
  constructor(reading: Reading, log: LogName, extent: Extent, eventsMax: number) {
    this.#reading = reading;
    this.#log = log;
    this.#eventsMax = eventsMax;
    this.#origin = extent.origin;
    this.#head = extent.head;
    this.#searchedTo = extent.searchedTo;
  }

  /** A durable event of the namespace has been seen there: spares the search for it. */
  saw(position: Position): void {
    if (position <= this.#head) return;
    this.#head = position;
    this.#searchedTo = Math.max(this.#searchedTo, position);
  }

  /** The position of the namespace's last event, as of a moment after the call. */
  head(): Promise<Position> {
    return this.#headLook.ask();
  }

  /** The client can't filter reads, so it goes backwards through what others wrote since it last looked. */
  async #findHead(): Promise<Position> {
    let from: Position | undefined;
    let end: Position | undefined;
    for (let maxCount = scanEventsMin; ; maxCount = Math.min(maxCount * 4, scanEventsMax)) {
      const page = await this.#readBackwards(from, maxCount);
      end ??= page[0]?.position;
      for (const { stream, position } of page) {
        if (position <= this.#searchedTo) return this.#searched(this.#head, end);
        if (this.#log.includes(stream)) return this.#searched(position, end);
      }
      const last = page.at(-1);
      if (last === undefined) return this.#searched(this.#head, end);
      from = last.position;
    }
  }

  feed(after: Position): LogFeed {
    return new LogFeed(this.#reading.client, this.#log, Math.max(after, this.#origin));
  }

  /** Whole appends, but for the first one when `after` is in the middle of it. */
  async readLog({ after, limit }: ReadLogOptions): Promise<readonly StoredEvent[]> {
    const head = await this.head();
    const eventsMax = Math.min(limit, this.#eventsMax);
    if (head <= after || eventsMax <= 0) return [];
    const attempt = async (): Promise<readonly StoredEvent[]> => {
      const feed = this.feed(after);
      try {
        return await this.#readUntil(feed, head, eventsMax);
      } finally {
        feed.close();
      }
    };
    const { turnstile, msMax } = this.#reading;
    return turnstile.pass(() => retrying(attempt, { msMax, doing: 'reading the log' }));
  }

  async #readUntil(feed: LogFeed, head: Position, eventsMax: number): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    const idleMs: Millis = this.#reading.msMax;
    for (;;) {
      for (const event of feed.take(eventsMax)) {
        if (events.length >= eventsMax && !isSameCommit(event, events.at(-1))) return events;
        events.push(event);
        if (event.position >= head) return events;
      }
      if ((await feed.changed(idleMs)) === 'idle') throw storeUnavailable('EventStoreDB delivers nothing of its log');
    }
  }

  async #readBackwards(
    from: Position | undefined,
    maxCount: number,
  ): Promise<readonly { readonly stream: string; readonly position: Position }[]> {
    const position = from === undefined ? undefined : BigInt(from);
    const fromPosition = position === undefined ? 'end' : { commit: position, prepare: position };
    const events = await collect(this.#reading, 'reading the log', () =>
      this.#reading.client.readAll({ direction: 'backwards', fromPosition, maxCount }),
    );
    return events.map(({ streamId, position: at }) => ({ stream: streamId, position: Number(at?.commit ?? 0) }));
  }

  #searched(head: Position, to: Position | undefined): Position {
    this.#head = Math.max(this.#head, head);
    this.#searchedTo = Math.max(this.#searchedTo, to ?? 0);
    return this.#head;
  }
}

/** Whether `event` is in the commit of `previous`, which stands before it in the log. */
function isSameCommit(event: StoredEvent, previous: StoredEvent | undefined): boolean {
  if (previous === undefined) return false;
  return event.stream === previous.stream && toCommitId(event.id) === toCommitId(previous.id);
}

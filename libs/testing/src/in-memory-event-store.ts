import { FermataError, invariant } from '@fermata/kernel';
import {
  commitEventsMax,
  commitTooLarge,
  eventIdOf,
  revisionConflict,
  storeUnavailable,
  toCommitId,
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type JsonObject,
  type NewCommit,
  type Position,
  type ReadLogOptions,
  type ReadStreamOptions,
  type Revision,
  type StoredEvent,
  type StreamId,
  type Subscriber,
  type Subscription,
} from '@fermata/engine';
import { InMemorySubscription } from './in-memory-subscription.js';

export interface InMemoryEventStoreLimits {
  /** A commit's events as JSON in UTF-8. */
  readonly appendBytesMax: number;
  /** Appends and truncations asked for in one go; one more is `OVERLOADED`. */
  readonly appendsWaitingMax: number;
  /** Events that one read gives; a larger `limit` is cut to it. */
  readonly readEventsMax: number;
}

const defaultLimits: InMemoryEventStoreLimits = {
  appendBytesMax: 1_000_000,
  appendsWaitingMax: 10_000,
  readEventsMax: 10_000,
};
const readEventsDefault = 1_000;

interface Stream {
  /** By revision; a hole where an event was forgotten. */
  readonly events: (StoredEvent | undefined)[];
  /** By the revision of the first event. */
  readonly commits: Map<Revision, { readonly id: string; readonly appended: Appended }>;
}

/** A log for tests and simulations. Answers in a microtask, so it needs neither time nor the event loop. */
export function openInMemoryEventStore(limits: Partial<InMemoryEventStoreLimits> = {}): InMemoryEventStore {
  return new InMemoryEventStore({ ...defaultLimits, ...limits });
}

export class InMemoryEventStore implements EventStore {
  readonly #limits: InMemoryEventStoreLimits;
  /** By position, less one; a hole where an event was forgotten. */
  readonly #log: (StoredEvent | undefined)[] = [];
  readonly #streams = new Map<StreamId, Stream>();
  readonly #subscriptions = new Set<InMemorySubscription>();
  #waiting: (() => void)[] = [];
  #open = true;

  constructor(limits: InMemoryEventStoreLimits) {
    this.#limits = limits;
  }

  /** What is durable at this moment, of one stream or of all, in log order. For checkers. */
  durableEvents(stream?: StreamId): readonly StoredEvent[] {
    const events = stream === undefined ? this.#log : (this.#streams.get(stream)?.events ?? []);
    return events.filter((event) => event !== undefined);
  }

  append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    return this.#soon(() => {
      const events = this.#copyEvents(stream, commit);
      return () => this.#append(stream, { ...commit, events }, expected);
    });
  }

  async readStream(stream: StreamId, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    this.#checkOpen();
    const limit = Math.min(options.limit ?? readEventsDefault, this.#limits.readEventsMax);
    const events = this.durableEvents(stream);
    const wanted =
      options.direction === 'backwards'
        ? events.filter(({ revision }) => revision <= (options.from ?? Infinity)).reverse()
        : events.filter(({ revision }) => revision >= (options.from ?? 0));
    return wanted.slice(0, Math.max(limit, 0));
  }

  async readLog({ after, limit }: ReadLogOptions): Promise<readonly StoredEvent[]> {
    this.#checkOpen();
    return this.#readAfter(after, Math.min(limit, this.#limits.readEventsMax));
  }

  async head(): Promise<Position> {
    this.#checkOpen();
    return this.#log.length;
  }

  subscribe(subscriber: Subscriber): Subscription {
    const subscription = new InMemorySubscription({
      subscriber,
      readAfter: (after) => {
        this.#checkOpen();
        return this.#readAfter(after, this.#limits.readEventsMax);
      },
      onEnd: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  truncate(stream: StreamId, before: Revision): Promise<void> {
    return this.#soon(() => () => this.#truncate(stream, before));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#flush();
    for (const subscription of this.#subscriptions) subscription.drop(closed());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (!this.#open) throw closed();
  }

  /** Checks at once, writes in a microtask. */
  #soon<T>(check: () => () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail: (error: unknown) => void = reject;
      this.#checkOpen();
      if (this.#waiting.length >= this.#limits.appendsWaitingMax) throw overloaded(this.#waiting.length);
      const write = check();
      this.#waiting.push(() => {
        try {
          resolve(write());
        } catch (error) {
          fail(error);
        }
      });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const write of waiting) write();
    for (const subscription of this.#subscriptions) subscription.wake();
  }

  /** Frozen copies that have been through JSON, as from a file. */
  #copyEvents(stream: StreamId, { timestamp, events }: NewCommit): NewCommit['events'] {
    if (!Number.isSafeInteger(timestamp)) throw notStorable(`its timestamp is ${timestamp}`);
    if (events.length > commitEventsMax) throw notStorable(`it has more than ${commitEventsMax} events`);
    const json = JSON.stringify(events.map(({ type, version, data }) => [type, version, data]));
    const bytes = Buffer.byteLength(json);
    if (bytes > this.#limits.appendBytesMax) throw commitTooLarge(stream, bytes, this.#limits.appendBytesMax);
    const cells = JSON.parse(json, (_key, value: unknown) => Object.freeze(value)) as [string, number, JsonObject][];
    const [first, ...others] = cells.map(([type, version, data]) => ({ type, version, data }));
    invariant(first !== undefined, 'a commit without events');
    return [first, ...others];
  }

  #append(id: StreamId, commit: NewCommit, expected: ExpectedRevision): Appended {
    const stream = this.#streams.get(id);
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const actual = stream ? stream.events.length - 1 : 'no-stream';
    if (actual === expected) return this.#write(id, commit, first);
    const earlier = stream?.commits.get(first);
    if (earlier?.id === commit.id) return earlier.appended;
    throw revisionConflict(id, expected, actual);
  }

  #write(id: StreamId, commit: NewCommit, firstRevision: Revision): Appended {
    const stream: Stream = this.#streams.get(id) ?? { events: [], commits: new Map() };
    this.#streams.set(id, stream);
    commit.events.forEach((event, index) => {
      const stored: StoredEvent = Object.freeze({
        ...event,
        id: eventIdOf(commit.id, index),
        stream: id,
        revision: firstRevision + index,
        position: this.#log.length + 1,
        timestamp: commit.timestamp,
        metadata: Object.freeze({ ...commit.metadata }),
      });
      stream.events.push(stored);
      this.#log.push(stored);
    });
    const appended = { revision: stream.events.length - 1, position: this.#log.length };
    stream.commits.set(firstRevision, { id: commit.id, appended });
    return appended;
  }

  #truncate(id: StreamId, before: Revision): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    for (const event of stream.events.slice(0, Math.max(before, 0))) {
      if (event === undefined) continue;
      stream.events[event.revision] = undefined;
      this.#log[event.position - 1] = undefined;
    }
    for (const [first, { appended }] of stream.commits) if (appended.revision < before) stream.commits.delete(first);
  }

  /** Whole appends, but for the first one when `after` is in the middle of it. */
  #readAfter(after: Position, limit: number): readonly StoredEvent[] {
    const events: StoredEvent[] = [];
    for (let index = after; index < this.#log.length; index++) {
      const event = this.#log[index];
      if (event === undefined) continue;
      if (events.length >= limit && !isSameCommit(event, events.at(-1))) break;
      events.push(event);
    }
    return events;
  }
}

/** Whether `event` is in the commit of `previous`, which stands before it in the log. */
function isSameCommit(event: StoredEvent, previous: StoredEvent | undefined): boolean {
  if (previous === undefined) return false;
  return event.stream === previous.stream && toCommitId(event.id) === toCommitId(previous.id);
}

function closed(): FermataError {
  return storeUnavailable('it was closed');
}

function overloaded(waiting: number): FermataError {
  return new FermataError('OVERLOADED', {
    message: `${waiting} appends wait already.`,
    fix: 'Repeat the request a little later.',
    details: { waiting, retryAfterMs: 100 },
  });
}

function notStorable(why: string): FermataError {
  return new FermataError('VALIDATION_FAILED', {
    message: `The commit can't be stored: ${why}.`,
    fix: 'Correct what makes the commit; nothing was written.',
  });
}

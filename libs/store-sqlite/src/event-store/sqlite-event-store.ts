import type { DatabaseSync } from 'node:sqlite';
import {
  commitEventsMax,
  commitTooLarge,
  storeUnavailable,
  type Appended,
  type EventStore,
  type ExpectedRevision,
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
import { encodeEvents, toStoredEvents } from './commit-row.js';
import { GroupCommit } from './group-commit.js';
import { defaultLimits, type SqliteEventStoreLimits } from './limits.js';
import { LogReader } from './log-reader.js';
import { LogSubscription } from './log-subscription.js';
import { LogWriter } from './log-writer.js';
import { openDatabase } from './open-database.js';
import { commitNotStorable, fromSqliteError, storeCorrupt } from './store-errors.js';
import { StreamHeads } from './stream-heads.js';
import { AppendWork, TruncateWork, type Committed } from './work.js';

export interface SqliteEventStoreOptions extends Partial<SqliteEventStoreLimits> {
  /** Made when it doesn't exist; its folder must. A log and its `-wal` beside it belong together. */
  readonly file: string;
}

/**
 * Opens the log in a SQLite file, for this process alone.
 * @throws FermataError `STORE_IN_USE`: another process or another store of this one has it open
 * @throws FermataError `STORE_NOT_RECOGNISED`: no event store, or one of a newer release; the file is left as it was
 * @throws FermataError `STORE_CORRUPT`: SQLite finds damage
 * @throws FermataError `STORE_UNAVAILABLE`: file or folder can't be written, or the disk is full
 */
export async function openSqliteEventStore({ file, ...limits }: SqliteEventStoreOptions): Promise<EventStore> {
  const all = { ...defaultLimits, ...limits };
  const db = openDatabase(file, all);
  try {
    return new SqliteEventStore(db, file, all);
  } catch (error) {
    db.close();
    throw fromSqliteError(file, error);
  }
}

/** How many events a subscription that is behind reads at a time. */
const catchUpEvents = 500;

class SqliteEventStore implements EventStore {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #limits: SqliteEventStoreLimits;
  readonly #writer: LogWriter;
  readonly #reader: LogReader;
  readonly #commits: GroupCommit;
  readonly #subscriptions = new Set<LogSubscription>();
  #open = true;

  constructor(db: DatabaseSync, file: string, limits: SqliteEventStoreLimits) {
    this.#db = db;
    this.#file = file;
    this.#limits = limits;
    const heads = new StreamHeads(db, limits.streamsCachedMax);
    this.#reader = new LogReader(db, heads, limits.readEventsMax);
    this.#writer = new LogWriter(db, heads);
    this.#commits = new GroupCommit({
      db,
      writer: this.#writer,
      limits,
      toError: (error) => fromSqliteError(file, error),
      onCommitted: (committed) => this.#publish(committed),
    });
  }

  append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      const events = this.#encode(stream, commit);
      this.#commits.add(new AppendWork(stream, commit, expected, events, resolve, reject));
    });
  }

  async readStream(stream: StreamId, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    return this.#read(() => this.#reader.readStream(stream, options));
  }

  async readLog(options: ReadLogOptions): Promise<readonly StoredEvent[]> {
    return this.#read(() => this.#reader.readLog(options));
  }

  async head(): Promise<Position> {
    this.#checkOpen();
    return this.#writer.position;
  }

  subscribe(subscriber: Subscriber): Subscription {
    const subscription = new LogSubscription({
      subscriber,
      readAfter: (after) => this.#read(() => this.#reader.readLog({ after, limit: catchUpEvents })),
      eventsMax: this.#limits.subscriberEventsMax,
      onEnd: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  truncate(stream: StreamId, before: Revision): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      this.#commits.add(new TruncateWork(stream, before, resolve, reject));
    });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#commits.drain();
    for (const subscription of this.#subscriptions) subscription.drop(closed());
    this.#db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (!this.#open) throw closed();
  }

  #encode(stream: StreamId, commit: NewCommit): string {
    if (!Number.isSafeInteger(commit.timestamp)) throw commitNotStorable(`its timestamp is ${commit.timestamp}`);
    if (commit.events.length > commitEventsMax) {
      throw commitNotStorable(`it has ${commit.events.length} events, and ${commitEventsMax} is the limit`);
    }
    const events = encodeEvents(commit.events);
    const { appendBytesMax } = this.#limits;
    // A character of a string takes at most three bytes in UTF-8.
    if (events.length * 3 > appendBytesMax) {
      const bytes = Buffer.byteLength(events);
      if (bytes > appendBytesMax) throw commitTooLarge(stream, bytes, appendBytesMax);
    }
    return events;
  }

  #read<T>(read: () => T): T {
    this.#checkOpen();
    try {
      return read();
    } catch (error) {
      if (error instanceof SyntaxError) throw storeCorrupt(this.#file, 'a row holds no JSON', error);
      throw fromSqliteError(this.#file, error);
    }
  }

  #publish(committed: readonly Committed[]): void {
    const live = [...this.#subscriptions].filter((subscription) => subscription.isLive);
    if (live.length === 0) return;
    const events = committed.flatMap(({ stream, commit, appended }) => toStoredEvents(stream, commit, appended));
    for (const subscription of live) subscription.offer(events);
  }
}

function closed(): Error {
  return storeUnavailable('it was closed');
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ReadLogOptions, ReadStreamOptions, Revision, StoredEvent, StreamId } from '@fermata/engine';
import { commitColumns, decodeRow, type CommitRow } from './commit-row.js';
import type { StreamHeads } from './stream-heads.js';

const readEventsDefault = 1_000;

/** Reads what is committed. Rows are taken one by one, so that no more are decoded than are wanted. */
export class LogReader {
  readonly #heads: StreamHeads;
  readonly #eventsMax: number;
  readonly #forwards: StatementSync;
  readonly #backwards: StatementSync;
  readonly #endOfCommit: StatementSync;
  readonly #log: StatementSync;

  constructor(db: DatabaseSync, heads: StreamHeads, eventsMax: number) {
    this.#heads = heads;
    this.#eventsMax = eventsMax;
    const ofStream = `SELECT ${commitColumns} FROM commits WHERE stream = ?`;
    this.#forwards = db.prepare(`${ofStream} AND revision >= ? ORDER BY revision`);
    this.#backwards = db.prepare(`${ofStream} AND revision <= ? ORDER BY revision DESC`);
    this.#endOfCommit = db.prepare('SELECT min(revision) AS revision FROM commits WHERE stream = ? AND revision >= ?');
    this.#log = db.prepare(
      `SELECT name, ${commitColumns} FROM commits CROSS JOIN streams ON key = stream WHERE position > ? ORDER BY position`,
    );
    for (const statement of [this.#forwards, this.#backwards, this.#log]) statement.setReturnArrays(true);
  }

  readStream(stream: StreamId, options: ReadStreamOptions): readonly StoredEvent[] {
    const limit = Math.min(options.limit ?? readEventsDefault, this.#eventsMax);
    const key = this.#heads.get(stream)?.key;
    if (key === undefined) return [];
    return options.direction === 'backwards'
      ? this.#readBackwards(stream, key, options.from ?? Infinity, limit)
      : this.#readForwards(stream, key, options.from ?? 0, limit);
  }

  /** Whole appends, but for the first one when `after` is in the middle of it. */
  readLog({ after, limit }: ReadLogOptions): readonly StoredEvent[] {
    const events: StoredEvent[] = [];
    const eventsMax = Math.min(limit, this.#eventsMax);
    if (eventsMax <= 0) return events;
    for (const [stream, ...row] of this.#log.iterate(after) as unknown as Iterable<[StreamId, ...CommitRow]>) {
      for (const event of decodeRow(stream, row)) if (event.position > after) events.push(event);
      if (events.length >= eventsMax) break;
    }
    return events;
  }

  #readForwards(stream: StreamId, key: number, from: Revision, limit: number): readonly StoredEvent[] {
    const events: StoredEvent[] = [];
    if (limit <= 0) return events;
    for (const row of this.#forwards.iterate(key, from) as unknown as Iterable<CommitRow>) {
      for (const event of decodeRow(stream, row)) {
        if (event.revision >= from) events.push(event);
        if (events.length >= limit) return events;
      }
    }
    return events;
  }

  #readBackwards(stream: StreamId, key: number, from: Revision, limit: number): readonly StoredEvent[] {
    const events: StoredEvent[] = [];
    if (limit <= 0) return events;
    const end = this.#endOfCommit.get(key, from)?.['revision'] ?? from;
    for (const row of this.#backwards.iterate(key, end) as unknown as Iterable<CommitRow>) {
      for (const event of decodeRow(stream, row).reverse()) {
        if (event.revision <= from) events.push(event);
        if (events.length >= limit) return events;
      }
    }
    return events;
  }
}

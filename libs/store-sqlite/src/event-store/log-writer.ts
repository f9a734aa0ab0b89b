import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FermataError } from '@fermata/kernel';
import {
  revisionConflict,
  type Appended,
  type ExpectedRevision,
  type NewCommit,
  type Position,
  type Revision,
  type StreamId,
} from '@fermata/engine';
import { commitColumns, countEvents, encodeMetadata, withoutEventsBefore, type CommitRow } from './commit-row.js';
import { numberOf } from './schema.js';
import type { StreamHead, StreamHeads } from './stream-heads.js';

export type Verdict =
  | { readonly kind: 'written' | 'repeated'; readonly appended: Appended }
  | { readonly kind: 'refused'; readonly error: FermataError };

/** Writes within the transaction that its caller opens and ends. */
export class LogWriter {
  readonly #db: DatabaseSync;
  readonly #heads: StreamHeads;
  readonly #insertStream: StatementSync;
  readonly #insertCommit: StatementSync;
  readonly #commitFrom: StatementSync;
  readonly #forgetCommits: StatementSync;
  readonly #replaceEvents: StatementSync;
  readonly #keepRevision: StatementSync;
  readonly #keepPosition: StatementSync;
  #position: Position = 0;
  #streamKey = 0;

  constructor(db: DatabaseSync, heads: StreamHeads) {
    this.#db = db;
    this.#heads = heads;
    this.#insertStream = db.prepare('INSERT INTO streams (key, name) VALUES (?, ?)');
    this.#insertCommit = db.prepare(`INSERT INTO commits (stream, ${commitColumns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#commitFrom = db.prepare(
      `SELECT ${commitColumns} FROM commits WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT 1`,
    );
    this.#commitFrom.setReturnArrays(true);
    this.#forgetCommits = db.prepare('DELETE FROM commits WHERE stream = ? AND revision < ?');
    this.#replaceEvents = db.prepare('UPDATE commits SET events = ? WHERE position = ?');
    this.#keepRevision = db.prepare('UPDATE streams SET first_revision = max(first_revision, ?) WHERE key = ?');
    this.#keepPosition = db.prepare('UPDATE head SET position = ?');
    this.reload();
  }

  /** The position of the last event written. */
  get position(): Position {
    return this.#position;
  }

  /** Learns from the file where the log ends: at open, and after a transaction was rolled back. */
  reload(): void {
    this.#heads.clear();
    this.#position = numberOf(
      this.#db,
      'SELECT max((SELECT position FROM head), coalesce((SELECT max(position) FROM commits), 0))',
    );
    this.#streamKey = numberOf(this.#db, 'SELECT max(key) FROM streams');
  }

  /** @param events the commit's events as the row keeps them */
  append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision, events: string): Verdict {
    let head = this.#heads.get(stream);
    const actual = head?.revision ?? 'no-stream';
    if (actual !== expected) {
      const first = head && this.#repeated(head.key, commit.id, expected);
      return first
        ? { kind: 'repeated', appended: first }
        : { kind: 'refused', error: revisionConflict(stream, expected, actual) };
    }
    head ??= this.#createStream(stream);
    const revision = head.revision + commit.events.length;
    const position = this.#position + commit.events.length;
    const metadata = encodeMetadata(commit.metadata);
    this.#insertCommit.run(head.key, position, revision, commit.id, commit.timestamp, metadata, events);
    head.revision = revision;
    this.#position = position;
    return { kind: 'written', appended: { revision, position } };
  }

  truncate(stream: StreamId, before: Revision): void {
    const head = this.#heads.get(stream);
    if (head === undefined) return;
    const first = Math.min(before, head.revision + 1);
    this.#keepRevision.run(first, head.key);
    this.#keepPosition.run(this.#position);
    this.#forgetCommits.run(head.key, first);
    const row = this.#commitAt(head.key, first);
    const events = row && withoutEventsBefore(row, first);
    if (row !== undefined && events !== undefined) this.#replaceEvents.run(events, row[0]);
  }

  #createStream(stream: StreamId): StreamHead {
    const key = this.#streamKey + 1;
    this.#insertStream.run(key, stream);
    this.#streamKey = key;
    const head = { key, revision: -1 };
    this.#heads.set(stream, head);
    return head;
  }

  /** What the same append was answered before, if there was one. */
  #repeated(key: number, commitId: string, expected: ExpectedRevision): Appended | undefined {
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const row = this.#commitAt(key, first);
    if (row === undefined) return undefined;
    const [position, revision, id] = row;
    return id === commitId && revision - countEvents(row) + 1 === first ? { revision, position } : undefined;
  }

  /** The commit that holds this revision, or the next one there is. */
  #commitAt(key: number, revision: Revision): CommitRow | undefined {
    return this.#commitFrom.get(key, revision) as CommitRow | undefined;
  }
}

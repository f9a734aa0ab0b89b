import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Revision, StreamId } from '@fermata/engine';

/** Where a stream ends. Changed in place by the transaction that is open. */
export interface StreamHead {
  readonly key: number;
  revision: Revision;
}

/**
 * The heads of the streams used last, in memory; of the others the file tells. Two generations: when the young one is
 * full it becomes the old one, and what is used again moves to the young one.
 */
export class StreamHeads {
  readonly #select: StatementSync;
  readonly #generationMax: number;
  #young = new Map<StreamId, StreamHead>();
  #old = new Map<StreamId, StreamHead>();

  constructor(db: DatabaseSync, streamsMax: number) {
    this.#generationMax = Math.ceil(streamsMax / 2);
    this.#select = db.prepare(`
      SELECT key, coalesce((SELECT max(revision) FROM commits WHERE stream = key), first_revision - 1) AS revision
      FROM streams WHERE name = ?`);
  }

  get(stream: StreamId): StreamHead | undefined {
    const young = this.#young.get(stream);
    if (young !== undefined) return young;
    const head = this.#old.get(stream) ?? this.#look(stream);
    if (head !== undefined) this.set(stream, head);
    return head;
  }

  set(stream: StreamId, head: StreamHead): void {
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(stream, head);
  }

  /** After a transaction that was rolled back, only the file knows. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #look(stream: StreamId): StreamHead | undefined {
    const row = this.#select.get(stream);
    return row && { key: Number(row['key']), revision: Number(row['revision']) };
  }
}

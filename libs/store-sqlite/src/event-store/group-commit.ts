import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqliteEventStoreLimits } from './limits.js';
import type { LogWriter } from './log-writer.js';
import { storeOverloaded } from './store-errors.js';
import type { Committed, Work } from './work.js';

interface GroupCommitOptions {
  readonly db: DatabaseSync;
  readonly writer: LogWriter;
  readonly limits: SqliteEventStoreLimits;
  /** What a failure of a whole batch is to its callers. */
  readonly toError: (error: unknown) => unknown;
  /** Called after each batch, with what it wrote in log order. */
  readonly onCommitted: (committed: readonly Committed[]) => void;
}

/**
 * Makes everything that was asked for in one iteration of the event loop durable by one transaction. A refused append
 * writes nothing and leaves its neighbours alone; if the transaction fails, all of the batch fails.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #waiting: Work[] = [];
  #waitingSize = 0;
  #scheduled = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#begin = options.db.prepare('BEGIN IMMEDIATE');
    this.#commit = options.db.prepare('COMMIT');
    this.#rollback = options.db.prepare('ROLLBACK');
  }

  add(work: Work): void {
    const { appendsWaitingMax, charactersWaitingMax } = this.#options.limits;
    if (this.#waiting.length >= appendsWaitingMax || this.#waitingSize + work.size > charactersWaitingMax) {
      work.fail(storeOverloaded(this.#waiting.length));
      return;
    }
    this.#waiting.push(work);
    this.#waitingSize += work.size;
    this.#schedule();
  }

  /** Returns when nothing waits any more. */
  drain(): void {
    while (this.#waiting.length > 0) this.#commitBatch();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commitBatch();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commitBatch(): void {
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    try {
      this.#transact(batch);
    } catch (error) {
      const reason = this.#options.toError(error);
      for (const work of batch) work.fail(reason);
      return;
    }
    const committed = batch.map((work) => work.settle()).filter((settled) => settled !== undefined);
    if (committed.length > 0) this.#options.onCommitted(committed);
  }

  #takeBatch(): Work[] {
    const waiting = this.#waiting;
    const batch = waiting.slice(0, this.#options.limits.batchAppendsMax);
    this.#waiting = waiting.slice(batch.length);
    for (const { size } of batch) this.#waitingSize -= size;
    return batch;
  }

  #transact(batch: readonly Work[]): void {
    const { db, writer } = this.#options;
    try {
      this.#begin.run();
      for (const work of batch) work.write(writer);
      this.#commit.run();
    } catch (error) {
      try {
        if (db.isTransaction) this.#rollback.run(); // after some errors SQLite has done it by itself
      } finally {
        writer.reload();
      }
      throw error;
    }
  }
}

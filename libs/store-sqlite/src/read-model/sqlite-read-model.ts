import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  Projection,
  readModelLags,
  readModelUnavailable,
  type DueOptions,
  type ExecutionPage,
  type ExecutionRow,
  type ListOptions,
  type Position,
  type ReadModel,
  type StoredEvent,
  type StreamId,
  type StuckOptions,
  type WaitRow,
} from '@fermata/engine';
import type { RunId } from '@fermata/kernel';
import { listRuns } from './list-runs.js';
import { NameTable } from './name-table.js';
import { openEmpty, openFile } from './open-file.js';
import { RowReader } from './row-reader.js';
import { RowWriter } from './row-writer.js';
import { dropTables, tables } from './schema.js';
import { isDamage, toUnavailable } from './sqlite-errors.js';

export interface SqliteReadModelOptions {
  /** Made when it doesn't exist; its folder must. `:memory:` keeps the tables in memory. */
  readonly file: string;
}

/**
 * Opens the read model in a SQLite file, for this process alone. What another schema version wrote, and what is damaged,
 * is dropped: the checkpoint is 0 then, and the projector fills it from the log.
 * @throws FermataError `STORE_NOT_RECOGNISED`: the file isn't a read model; it is left as it was
 * @throws FermataError `STORE_IN_USE`: another process or another read model of this one has it open
 * @throws FermataError `STORE_UNAVAILABLE`: file or folder can't be written, or the disk is full
 */
export async function openSqliteReadModel({ file }: SqliteReadModelOptions): Promise<ReadModel> {
  return new SqliteReadModel(file);
}

/** An open database with its prepared statements. */
class Tables {
  readonly names: NameTable;
  readonly reader: RowReader;
  readonly writer: RowWriter;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #setCheckpoint: StatementSync;
  #checkpoint: Position;

  constructor(readonly db: DatabaseSync) {
    this.names = new NameTable(db);
    this.reader = new RowReader(db, this.names);
    this.writer = new RowWriter(db, this.names);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#setCheckpoint = db.prepare('UPDATE checkpoint SET position = ?');
    this.#checkpoint = Number(db.prepare('SELECT position FROM checkpoint').get()?.['position']);
  }

  get checkpoint(): Position {
    return this.#checkpoint;
  }

  /** Moves the checkpoint together with what `work` writes. */
  advance(checkpoint: Position, work: () => void): void {
    this.#begin.run();
    try {
      work();
      this.#setCheckpoint.run(checkpoint);
      this.#commit.run();
    } catch (error) {
      this.names.forget();
      // A full disk has ended the transaction already.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    this.#checkpoint = checkpoint;
  }
}

class SqliteReadModel implements ReadModel {
  readonly #projection = new Projection();
  #tables: Tables;
  #isOpen = true;

  constructor(private readonly file: string) {
    this.#tables = openTables(file);
  }

  async checkpoint(): Promise<Position> {
    return this.#use(({ checkpoint }) => checkpoint);
  }

  async apply(events: readonly StoredEvent[], after: Position): Promise<void> {
    this.#use((held) => {
      if (held.checkpoint < after) throw readModelLags(held.checkpoint, after);
      const fresh = events.filter(({ position }) => position > held.checkpoint);
      const last = fresh.at(-1);
      if (last) held.advance(last.position, () => this.#write(fresh, held));
    });
  }

  async find(stream: StreamId, runId?: RunId): Promise<ExecutionRow | undefined> {
    return this.#use(({ reader }) => reader.find(stream, runId));
  }

  async list(options: ListOptions): Promise<ExecutionPage> {
    this.#checkOpen();
    const { db, names } = this.#tables;
    try {
      return await listRuns(db, names, options);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async waits(stream: StreamId, runId: RunId): Promise<readonly WaitRow[]> {
    return this.#use(({ reader }) => reader.waits(stream, runId));
  }

  async due(options: DueOptions): Promise<readonly WaitRow[]> {
    return this.#use(({ reader }) => reader.due(options));
  }

  async stuck(options: StuckOptions): Promise<readonly StreamId[]> {
    return this.#use(({ reader }) => reader.stuck(options));
  }

  async reset(): Promise<void> {
    this.#use(({ db }) => {
      db.exec(`BEGIN IMMEDIATE; ${dropTables} ${tables} COMMIT`);
      this.#projection.forget();
      this.#tables = new Tables(db);
    });
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#tables.db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #write(events: readonly StoredEvent[], { reader, writer }: Tables): void {
    for (const stream of this.#projection.missing(events)) this.#projection.know(stream, reader.newestRun(stream));
    for (const change of this.#projection.project(events)) writer.write(change);
  }

  #use<T>(work: (held: Tables) => T): T {
    this.#checkOpen();
    try {
      return work(this.#tables);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** After a failure nothing that was taken to be written may be relied on; a damaged file is replaced by an empty one. */
  #failed(error: unknown): unknown {
    this.#projection.forget();
    if (!this.#isOpen) return closed();
    if (!isDamage(error)) return toUnavailable(this.file, error);
    this.#tables.db.close();
    this.#tables = new Tables(openEmpty(this.file));
    return readModelUnavailable(`${this.file} was damaged and is being filled from the log again`, error);
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw closed();
  }
}

function openTables(file: string): Tables {
  const db = openFile(file);
  try {
    return new Tables(db);
  } catch (error) {
    db.close();
    if (!isDamage(error)) throw toUnavailable(file, error);
    return new Tables(openEmpty(file));
  }
}

function closed(): Error {
  return readModelUnavailable('it was closed');
}

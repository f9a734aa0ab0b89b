import { DatabaseSync } from 'node:sqlite';
import { checkIntegrity, createTables, numberOf, recognise } from './schema.js';
import { fromSqliteError } from './store-errors.js';
import type { SqliteEventStoreLimits } from './limits.js';

/** Pages of the WAL after which a commit also moves them into the file: 16 MiB. */
const checkpointPages = 4_000;
/** The WAL is cut back to this after a burst. */
const walBytesKept = 64 * 2 ** 20;
const pageCacheKib = 32 * 1024;

/**
 * Opens the file for this process alone. The lock is the operating system's, on the file itself, so it ends with the
 * process however that ends (docs/decisions/0002).
 */
export function openDatabase(file: string, limits: SqliteEventStoreLimits): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: false });
    db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -${pageCacheKib};`);
    const found = recognise(db, file);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${checkpointPages};
      PRAGMA journal_size_limit = ${walBytesKept};`);
    if (found === 'empty') createTables(db);
    else checkIntegrity(db, file, limits.checkedFileBytesMax);
    const pages = Math.floor(limits.fileBytesMax / numberOf(db, 'PRAGMA page_size'));
    db.exec(`PRAGMA max_page_count = ${pages}; BEGIN IMMEDIATE; ROLLBACK;`); // fails on a read-only file
    return db;
  } catch (error) {
    db?.close();
    throw fromSqliteError(file, error);
  }
}

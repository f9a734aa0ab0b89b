import { closeSync, existsSync, openSync, readSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { applicationId, schemaVersion, tables } from './schema.js';
import { inUse, isBusy, isDamage, notRecognised, toUnavailable } from './sqlite-errors.js';

/** Pages of the WAL after which a commit also moves them into the file: 4 MiB, so that moving them doesn't hold up the event loop for long. */
const checkpointPages = 1_000;
const pageCacheKib = 32 * 1024;

/**
 * Opens a read model for this process alone. A file of another schema version and a damaged one are replaced by an empty
 * one, since the log has all that was in it. A file that this engine didn't write is left alone.
 * @throws FermataError `STORE_NOT_RECOGNISED`, `STORE_IN_USE`, `STORE_UNAVAILABLE`
 */
export function openFile(file: string): DatabaseSync {
  if (!isOwnOrNew(file)) throw notRecognised(file);
  try {
    return openCurrent(file) ?? openEmpty(file);
  } catch (error) {
    if (isBusy(error)) throw inUse(file, error);
    if (!isDamage(error)) throw toUnavailable(file, error);
    return openEmpty(file);
  }
}

/** Replaces the file by an empty one. No connection may be open. */
export function openEmpty(file: string): DatabaseSync {
  try {
    for (const part of file === ':memory:' ? [] : ['', '-wal', '-shm', '-journal'])
      rmSync(file + part, { force: true });
    const db = openExclusively(file);
    // The mark is written before WAL is on, so that it is in the file itself from its first page on.
    db.exec(`PRAGMA application_id = ${applicationId}`);
    tune(db);
    db.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${schemaVersion}; COMMIT`);
    return db;
  } catch (error) {
    throw isBusy(error) ? inUse(file, error) : toUnavailable(file, error);
  }
}

/** Nothing when there are no tables yet, or those of another version. */
function openCurrent(file: string): DatabaseSync | undefined {
  const db = openExclusively(file);
  try {
    if (db.prepare('PRAGMA user_version').get()?.['user_version'] === schemaVersion) {
      tune(db);
      return db;
    }
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return undefined;
}

function openExclusively(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: false });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** After a power cut the file may be a little behind, never wrong: the projector goes on from its checkpoint. */
function tune(db: DatabaseSync): void {
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${pageCacheKib};
    PRAGMA wal_autocheckpoint = ${checkpointPages};`);
}

const headerBytes = 72;
const applicationIdOffset = 68;

/** By the header alone, so that nothing is written to a foreign file. Source: "Database File Format", sqlite.org. */
function isOwnOrNew(file: string): boolean {
  if (file === ':memory:' || !existsSync(file)) return true;
  const header = Buffer.alloc(headerBytes);
  const bytes = readHeader(file, header);
  if (bytes === 0) return true;
  const isSqlite = header.toString('latin1', 0, 16) === 'SQLite format 3\0';
  return isSqlite && header.readUInt32BE(applicationIdOffset) === applicationId;
}

function readHeader(file: string, header: Buffer): number {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return readSync(descriptor, header);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw toUnavailable(file, error);
  }
}

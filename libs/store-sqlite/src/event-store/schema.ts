import type { DatabaseSync } from 'node:sqlite';
import { storeCorrupt, storeNotRecognised } from './store-errors.js';

/** "Ferm" in ASCII: marks the file as an event store. */
const applicationId = 0x46_65_72_6d;
/** Counts the layouts of the tables. A store writes the newest and refuses what it doesn't know. */
const schemaVersion = 1;

/**
 * One row an append (docs/decisions/0001). `position` and `revision` are those of its last event. `events` is
 * `[[type, version, data], …]`; an event that was truncated alone is `null`. `head` remembers the log's end where
 * truncation took the last row.
 */
const tables = `
  CREATE TABLE streams (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    first_revision INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE commits (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    metadata TEXT,
    events TEXT NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  CREATE TABLE head (position INTEGER NOT NULL) STRICT;
  INSERT INTO head VALUES (0);
`;

/**
 * Whether the file is an event store or still empty. Writes nothing, so that a file of somebody else's stays as it is.
 * @throws FermataError `STORE_NOT_RECOGNISED`
 */
export function recognise(db: DatabaseSync, file: string): 'empty' | 'event-store' {
  const id = numberOf(db, 'PRAGMA application_id');
  const version = numberOf(db, 'PRAGMA user_version');
  if (id === applicationId && version === schemaVersion) return 'event-store';
  if (id === applicationId) {
    const fix = 'Upgrade this node to the release that wrote the file, or a newer one.';
    throw storeNotRecognised(file, `its schema is version ${version}, and this release knows ${schemaVersion}`, fix);
  }
  if (id === 0 && version === 0 && numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0) return 'empty';
  throw storeNotRecognised(file, 'another program wrote it', 'Name another file; this one was left as it was.');
}

/** Makes the tables, all or nothing. */
export function createTables(db: DatabaseSync): void {
  db.exec(`BEGIN IMMEDIATE; ${tables}
    PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}

/**
 * Looks for damage where SQLite's own structures contradict each other. A file of more than `bytesMax` is left to the
 * reads, which report what they meet (docs/decisions/0002).
 * @throws FermataError `STORE_CORRUPT`
 */
export function checkIntegrity(db: DatabaseSync, file: string, bytesMax: number): void {
  if (numberOf(db, 'PRAGMA page_count') * numberOf(db, 'PRAGMA page_size') > bytesMax) return;
  const finding = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (finding !== 'ok') throw storeCorrupt(file, String(finding));
}

/** The first column of the first row; 0 for NULL. */
export function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
}

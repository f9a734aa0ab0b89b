/** "Ferr" in ASCII: marks the file as a read model, which may be dropped. */
export const applicationId = 0x46_65_72_72;

/**
 * Counts the layouts of the tables and the meanings of their rows. A file of any other version is dropped and filled from
 * the log again, so there are no migrations: change it whenever the projection would write other rows.
 */
export const schemaVersion = 2;

/**
 * Rows are small: what repeats is a number (`names`; status and kind, see codes.ts), a stream is its parts, a UUID is 16
 * bytes. `executions.id` is the position of the run's start: it orders runs as the log does, and is the same after each
 * rebuild. The indexes serve lists (by start, by status, by type and status) and look-ups by workflow ID; in each the
 * row's `id` comes last by itself. `waits_due` leaves out what is never due and what is held back (docs/decisions/0003).
 */
export const tables = `
  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE executions (
    id INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    workflow_id TEXT NOT NULL,
    run_id ANY NOT NULL,
    type INTEGER NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    closed_at INTEGER,
    first_revision INTEGER NOT NULL,
    last_revision INTEGER NOT NULL,
    build INTEGER
  ) STRICT;
  CREATE INDEX executions_by_workflow ON executions (namespace, workflow_id);
  CREATE INDEX executions_by_start ON executions (namespace, started_at);
  CREATE INDEX executions_by_status ON executions (namespace, status, started_at);
  CREATE INDEX executions_by_type ON executions (namespace, type, status, started_at);
  CREATE INDEX executions_stuck ON executions (id) WHERE status = 2;
  CREATE TABLE waits (
    run INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    since INTEGER NOT NULL,
    due_at INTEGER,
    attempt INTEGER,
    last_error TEXT,
    limits INTEGER,
    held INTEGER,
    PRIMARY KEY (run, kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX waits_due ON waits (due_at) WHERE due_at IS NOT NULL AND held IS NULL;
  CREATE TABLE checkpoint (position INTEGER NOT NULL) STRICT;
  INSERT INTO checkpoint VALUES (0);
`;

export const dropTables = `
  DROP TABLE checkpoint;
  DROP TABLE waits;
  DROP TABLE executions;
  DROP TABLE names;
`;

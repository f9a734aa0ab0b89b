import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ExecutionRow, Position, RunChange, WaitRow } from '@fermata/engine';
import { kindCodes, statusCodes } from './codes.js';
import type { NameTable } from './name-table.js';
import { encodeRunId } from './run-id.js';
import { partsOf } from './stream-parts.js';

/** Writes what the projection changed. */
export class RowWriter {
  readonly #insertRun: StatementSync;
  readonly #updateRun: StatementSync;
  readonly #touchRun: StatementSync;
  readonly #putWait: StatementSync;
  readonly #deleteWait: StatementSync;
  readonly #deleteWaits: StatementSync;

  constructor(
    db: DatabaseSync,
    private readonly names: NameTable,
  ) {
    this.#insertRun = db.prepare('INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#updateRun = db.prepare('UPDATE executions SET status = ?, closed_at = ?, last_revision = ? WHERE id = ?');
    // Names no indexed column, so that no index is touched.
    this.#touchRun = db.prepare('UPDATE executions SET last_revision = ? WHERE id = ?');
    this.#putWait = db.prepare('INSERT OR REPLACE INTO waits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#deleteWait = db.prepare('DELETE FROM waits WHERE run = ? AND kind = ? AND id = ?');
    this.#deleteWaits = db.prepare('DELETE FROM waits WHERE run = ?');
  }

  write({ startPosition, row, kind, ended, waits }: RunChange): void {
    const { status, closedAt = null, lastRevision } = row;
    if (kind === 'inserted') this.#insert(startPosition, row);
    else if (kind === 'touched') this.#touchRun.run(lastRevision, startPosition);
    else this.#updateRun.run(statusCodes[status], closedAt, lastRevision, startPosition);
    if (ended === 'all') this.#deleteWaits.run(startPosition);
    else for (const wait of ended) this.#deleteWait.run(startPosition, kindCodes[wait.kind], wait.id);
    const held = status === 'stuck' || status === 'paused' ? 1 : null;
    for (const wait of waits) this.#put(startPosition, wait, held);
  }

  #insert(id: Position, row: ExecutionRow): void {
    const { slot, workflowId } = partsOf(row.stream);
    this.#insertRun.run(
      id,
      this.names.assign(row.namespace),
      slot,
      workflowId,
      encodeRunId(row.runId),
      this.names.assign(row.workflowType),
      statusCodes[row.status],
      row.startedAt,
      row.closedAt ?? null,
      row.firstRevision,
      row.lastRevision,
      row.buildId === undefined ? null : this.names.assign(row.buildId),
    );
  }

  #put(run: Position, wait: WaitRow, held: 1 | null): void {
    const { kind, id, name, since, dueAt = null, attempt = null, lastError = null, limits = null } = wait;
    this.#putWait.run(run, kindCodes[kind], id, name, since, dueAt, attempt, lastError, limits, held);
  }
}

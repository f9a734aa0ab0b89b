import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DueOptions, ExecutionRow, StoredRun, StreamId, StuckOptions, WaitRow } from '@fermata/engine';
import type { RunId } from '@fermata/kernel';
import { kindCodes, statusCodes } from './codes.js';
import type { NameTable } from './name-table.js';
import { toExecutionRow, toWaitRow, type ExecutionRecord, type RunAddress, type WaitRecord } from './records.js';
import { decodeRunId, encodeRunId } from './run-id.js';
import { joinStream, splitStream } from './stream-parts.js';

const ofStream = 'SELECT * FROM executions WHERE namespace = ? AND workflow_id = ?';

/** In the order (due_at, run, kind, id), which is the index's own. */
const dueWaits = `
  SELECT w.*, e.namespace, e.slot, e.workflow_id, e.run_id
  FROM waits AS w INDEXED BY waits_due CROSS JOIN executions AS e ON e.id = w.run
  WHERE w.due_at IS NOT NULL AND w.held IS NULL AND w.due_at <= ? AND w.due_at >= ?
    AND (w.due_at, w.run, w.kind, w.id) > (?, ?, ?, ?)
  ORDER BY w.due_at, w.run, w.kind, w.id
  LIMIT ?`;

type DueRecord = WaitRecord & Pick<ExecutionRecord, 'namespace' | 'slot' | 'workflow_id' | 'run_id'>;

/** Looks up single runs and their waits. */
export class RowReader {
  readonly #newest: StatementSync;
  readonly #byRunId: StatementSync;
  readonly #waits: StatementSync;
  readonly #due: StatementSync;
  readonly #stuck: StatementSync;

  constructor(
    db: DatabaseSync,
    private readonly names: NameTable,
  ) {
    this.#newest = db.prepare(`${ofStream} ORDER BY id DESC LIMIT 1`);
    this.#byRunId = db.prepare(`${ofStream} AND run_id = ?`);
    this.#waits = db.prepare('SELECT * FROM waits WHERE run = ? ORDER BY since, kind, id');
    this.#due = db.prepare(dueWaits);
    this.#stuck = db.prepare(
      `SELECT namespace, slot, workflow_id, run_id FROM executions INDEXED BY executions_stuck
       WHERE status = ${statusCodes.stuck} AND id > ? ORDER BY id LIMIT ?`,
    );
  }

  find(stream: StreamId, runId?: RunId): ExecutionRow | undefined {
    const record = this.#record(stream, runId);
    return record && toExecutionRow(record, this.names);
  }

  /** A stream's newest run as the projection goes on from it. */
  newestRun(stream: StreamId): StoredRun | undefined {
    const record = this.#record(stream);
    if (!record) return undefined;
    const row = toExecutionRow(record, this.names);
    return { startPosition: record.id, row, waits: this.#waitsOf(record.id, row) };
  }

  waits(stream: StreamId, runId: RunId): readonly WaitRow[] {
    const record = this.#record(stream, runId);
    return record ? this.#waitsOf(record.id, { stream, runId }) : [];
  }

  stuck({ limit, after }: StuckOptions): readonly StreamId[] {
    const from = after === undefined ? -1 : (this.#record(after)?.id ?? -1);
    const records = this.#stuck.all(from, limit) as unknown as DueRecord[];
    return records.map((record) => this.#addressOf(record).stream);
  }

  due({ until, limit, after, dueAfter = Number.MIN_SAFE_INTEGER }: DueOptions): readonly WaitRow[] {
    const from = after?.dueAt ?? dueAfter + 1;
    const run = after && this.#record(after.stream, after.runId)?.id;
    const place = after && run !== undefined ? [run, kindCodes[after.kind], after.id] : [-1, -1, -1];
    const records = this.#due.all(until, from, from, ...place, limit) as unknown as DueRecord[];
    return records.map((record) => toWaitRow(record, this.#addressOf(record)));
  }

  #record(stream: StreamId, runId?: RunId): ExecutionRecord | undefined {
    const parts = splitStream(stream);
    const namespace = parts && this.names.find(parts.namespace);
    if (!parts || namespace === undefined) return undefined;
    const { workflowId } = parts;
    const found =
      runId === undefined
        ? this.#newest.get(namespace, workflowId)
        : this.#byRunId.get(namespace, workflowId, encodeRunId(runId));
    return found as unknown as ExecutionRecord | undefined;
  }

  #waitsOf(run: number, address: RunAddress): readonly WaitRow[] {
    const records = this.#waits.all(run) as unknown as WaitRecord[];
    return records.map((record) => toWaitRow(record, address));
  }

  #addressOf(record: DueRecord): RunAddress {
    const namespace = this.names.nameOf(record.namespace);
    const stream = joinStream({ namespace, slot: record.slot, workflowId: record.workflow_id });
    return { stream, runId: decodeRunId(record.run_id) };
  }
}

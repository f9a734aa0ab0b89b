import type { ExecutionRow, WaitRow } from '@fermata/engine';
import { kindOf, statusOf } from './codes.js';
import type { NameTable } from './name-table.js';
import { decodeRunId } from './run-id.js';
import { joinStream } from './stream-parts.js';

/** A row of `executions` as SQLite gives it. */
export interface ExecutionRecord {
  readonly id: number;
  readonly namespace: number;
  readonly slot: number;
  readonly workflow_id: string;
  readonly run_id: Uint8Array | string;
  readonly type: number;
  readonly status: number;
  readonly started_at: number;
  readonly closed_at: number | null;
  readonly first_revision: number;
  readonly last_revision: number;
  readonly build: number | null;
}

/** A row of `waits` as SQLite gives it. */
export interface WaitRecord {
  readonly kind: number;
  readonly id: number;
  readonly name: string;
  readonly since: number;
  readonly due_at: number | null;
  readonly attempt: number | null;
  readonly last_error: string | null;
  readonly limits: number | null;
}

/** What a wait's row says of the run that it belongs to. */
export type RunAddress = Pick<ExecutionRow, 'stream' | 'runId'>;

export function toExecutionRow(record: ExecutionRecord, names: NameTable): ExecutionRow {
  const namespace = names.nameOf(record.namespace);
  return {
    stream: joinStream({ namespace, slot: record.slot, workflowId: record.workflow_id }),
    namespace,
    workflowId: record.workflow_id,
    runId: decodeRunId(record.run_id),
    workflowType: names.nameOf(record.type),
    status: statusOf(record.status),
    startedAt: record.started_at,
    ...(record.closed_at !== null && { closedAt: record.closed_at }),
    firstRevision: record.first_revision,
    lastRevision: record.last_revision,
    ...(record.build !== null && { buildId: names.nameOf(record.build) }),
  };
}

export function toWaitRow(record: WaitRecord, { stream, runId }: RunAddress): WaitRow {
  return {
    stream,
    runId,
    kind: kindOf(record.kind),
    id: record.id,
    name: record.name,
    since: record.since,
    ...(record.due_at !== null && { dueAt: record.due_at }),
    ...(record.attempt !== null && { attempt: record.attempt }),
    ...(record.last_error !== null && { lastError: record.last_error }),
    ...(record.limits !== null && { limits: record.limits }),
  };
}

import type { StoredEvent } from '../event-store/event-store.js';
import type { ExecutionRow } from '../read-model/read-model.js';
import type { ExecutionSummary, HistoryEventView } from './description.js';

export function toSummary(row: ExecutionRow): ExecutionSummary {
  return {
    workflowId: row.workflowId,
    runId: row.runId,
    workflowType: row.workflowType,
    status: row.status,
    startedAt: new Date(row.startedAt).toISOString(),
    ...(row.closedAt !== undefined && { closedAt: new Date(row.closedAt).toISOString() }),
    historyLength: row.lastRevision - row.firstRevision + 1,
    ...(row.buildId !== undefined && { buildId: row.buildId }),
  };
}

export function toHistoryEvent(stored: StoredEvent): HistoryEventView {
  const { revision, position, type, version, timestamp, data, metadata } = stored;
  return { revision, position, type, version, timestamp: new Date(timestamp).toISOString(), data, metadata };
}

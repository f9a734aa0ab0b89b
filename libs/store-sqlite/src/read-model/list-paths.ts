import { executionStatuses, type ExecutionStatus } from '@fermata/engine';
import { statusCodes } from './codes.js';
import type { NameTable } from './name-table.js';
import type { Narrowing } from './narrowing.js';

/** One range of one index, in the order of the runs' start within a namespace. A list merges a few of them. */
export interface ListPath {
  readonly index: string;
  /** Equalities on the index's columns after the namespace. */
  readonly where: string;
  readonly params: readonly (string | number)[];
}

/** So many ranges are cheaper to merge than one is to sift. */
const pathsMax = 100;

/**
 * The narrowest ranges that hold every run of interest. Open statuses come first: a run that closes while a long list is
 * being read is then seen twice, which can be mended, and not missed.
 */
export function pathsFor({ workflowIds, types, statuses }: Narrowing, names: NameTable): readonly ListPath[] {
  if (workflowIds) return [...workflowIds].map((id) => path('workflow', 'AND workflow_id = ?', id));
  const inOrder = executionStatuses.filter((status) => statuses?.has(status) ?? true);
  if (types && types.size * inOrder.length <= pathsMax) {
    const ids = [...types].map((type) => names.find(type)).filter((id) => id !== undefined);
    return inOrder.flatMap((status) =>
      ids.map((id) => path('type', 'AND type = ? AND status = ?', id, codeOf(status))),
    );
  }
  if (statuses) return inOrder.map((status) => path('status', 'AND status = ?', codeOf(status)));
  return [path('start', '')];
}

function codeOf(status: ExecutionStatus): number {
  return statusCodes[status];
}

function path(index: string, where: string, ...params: (string | number)[]): ListPath {
  return { index: `executions_by_${index}`, where, params };
}

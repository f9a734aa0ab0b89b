import type { Comparator, Filter, TextComparison, TimeComparison } from '@fermata/engine';
import { statusCodes } from './codes.js';

/** A condition on a row of `executions` that is never NULL, so that `NOT` means what it says. */
export interface SqlCondition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

export function toSql(filter: Filter): SqlCondition {
  switch (filter.kind) {
    case 'and':
      return joined(filter.operands, ' AND ', '1');
    case 'or':
      return joined(filter.operands, ' OR ', '0');
    case 'not': {
      const { sql, params } = toSql(filter.operand);
      return { sql: `NOT ${sql}`, params };
    }
    case 'status':
      return { sql: `(status ${filter.comparator} ?)`, params: [statusCodes[filter.value]] };
    case 'text':
      return { sql: `(${textSql(filter)})`, params: [filter.value] };
    case 'time':
      return { sql: timeSql(filter), params: [filter.value] };
  }
}

function joined(operands: readonly Filter[], by: string, ofNone: string): SqlCondition {
  if (operands.length === 0) return { sql: ofNone, params: [] };
  const conditions = operands.map(toSql);
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(by)})`,
    params: conditions.flatMap(({ params }) => params),
  };
}

function textSql({ field, comparator }: TextComparison): string {
  const named = `SELECT id FROM names WHERE name ${comparator} ?`;
  switch (field) {
    case 'workflowId':
      return `workflow_id ${comparator} ?`;
    case 'workflowType':
      return `type IN (${named})`;
    case 'buildId':
      return `ifnull(build IN (${named}), ${ofNothing(comparator)})`;
  }
}

/** What a comparison with a field says that a run doesn't have: false, and `!=` is its own opposite's. */
function ofNothing(comparator: Comparator): 0 | 1 {
  return comparator === '!=' ? 1 : 0;
}

/** An open run's `closed_at` is NULL. */
function timeSql({ field, comparator }: TimeComparison): string {
  if (field === 'startedAt') return `(started_at ${comparator} ?)`;
  return `ifnull(closed_at ${comparator} ?, ${ofNothing(comparator)})`;
}

import { executionStatuses, type ExecutionStatus, type Filter } from '@fermata/engine';
import type { EpochMs } from '@fermata/kernel';

/** What every run that a filter holds for has in common, as far as an index can use it. Absent: anything. */
export interface Narrowing {
  readonly workflowIds?: ReadonlySet<string>;
  readonly types?: ReadonlySet<string>;
  readonly statuses?: ReadonlySet<ExecutionStatus>;
  /** Inclusive. */
  readonly startedFrom: EpochMs;
  /** Inclusive. */
  readonly startedTo: EpochMs;
}

const anything: Narrowing = { startedFrom: Number.MIN_SAFE_INTEGER, startedTo: Number.MAX_SAFE_INTEGER };

export function narrowingOf(filter: Filter): Narrowing {
  switch (filter.kind) {
    case 'and':
      return filter.operands.map(narrowingOf).reduce(both, anything);
    case 'or':
      return filter.operands.length === 0 ? anything : filter.operands.map(narrowingOf).reduce(either);
    case 'not':
      return anything;
    case 'text':
      if (filter.comparator !== '=' || filter.field === 'buildId') return anything;
      return { ...anything, [filter.field === 'workflowId' ? 'workflowIds' : 'types']: new Set([filter.value]) };
    case 'status': {
      const { comparator, value } = filter;
      const isEqual = comparator === '=';
      return { ...anything, statuses: new Set(executionStatuses.filter((status) => (status === value) === isEqual)) };
    }
    case 'time':
      return filter.field === 'startedAt' ? { ...anything, ...startBounds(filter.comparator, filter.value) } : anything;
  }
}

function startBounds(comparator: string, value: EpochMs): Partial<Narrowing> {
  switch (comparator) {
    case '=':
      return { startedFrom: value, startedTo: value };
    case '<':
      return { startedTo: value - 1 };
    case '<=':
      return { startedTo: value };
    case '>':
      return { startedFrom: value + 1 };
    case '>=':
      return { startedFrom: value };
    default:
      return {};
  }
}

function both(a: Narrowing, b: Narrowing): Narrowing {
  return {
    ...sets(a, b, (x, y) => (x && y ? new Set([...x].filter((one) => y.has(one))) : (x ?? y))),
    startedFrom: Math.max(a.startedFrom, b.startedFrom),
    startedTo: Math.min(a.startedTo, b.startedTo),
  };
}

function either(a: Narrowing, b: Narrowing): Narrowing {
  return {
    ...sets(a, b, (x, y) => x && y && new Set([...x, ...y])),
    startedFrom: Math.min(a.startedFrom, b.startedFrom),
    startedTo: Math.max(a.startedTo, b.startedTo),
  };
}

type SetOrAny = <T>(x: ReadonlySet<T> | undefined, y: ReadonlySet<T> | undefined) => ReadonlySet<T> | undefined;

function sets(a: Narrowing, b: Narrowing, combine: SetOrAny): Pick<Narrowing, 'workflowIds' | 'types' | 'statuses'> {
  const workflowIds = combine(a.workflowIds, b.workflowIds);
  const types = combine(a.types, b.types);
  const statuses = combine(a.statuses, b.statuses);
  return { ...(workflowIds && { workflowIds }), ...(types && { types }), ...(statuses && { statuses }) };
}

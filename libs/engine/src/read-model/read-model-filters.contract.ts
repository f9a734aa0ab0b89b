import fc from 'fast-check';
import type { Comparator, Filter } from './filter/filter.js';
import { started } from './read-model-builders.contract.js';
import { executionStatuses, type ExecutionRow } from './read-model.js';

const aComparator: fc.Arbitrary<Comparator> = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');

const aComparison: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('text'),
    field: fc.constantFrom('workflowType', 'workflowId', 'buildId'),
    comparator: aComparator,
    value: fc.constantFrom('checkout', 'trip', 'order-1', 'order-2', 'order-4', 'build-7', 'build-8', 'p', ''),
  }),
  fc.record({
    kind: fc.constant('status'),
    field: fc.constant('status'),
    comparator: fc.constantFrom('=', '!='),
    value: fc.constantFrom(...executionStatuses),
  }),
  fc.record({
    kind: fc.constant('time'),
    field: fc.constantFrom('startedAt', 'closedAt'),
    comparator: aComparator,
    value: fc.nat({ max: 100_000 }).map((ms) => started + ms),
  }),
);

export const aFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    aComparison,
    fc.record({
      kind: fc.constantFrom('and', 'or'),
      operands: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not'), operand: tie('filter') }),
  ),
})).filter;

/** The filter as somebody would write it. */
export function written(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.map((operand) => `(${written(operand)})`).join(` ${filter.kind} `);
    case 'not':
      return `not (${written(filter.operand)})`;
    case 'time':
      return `${filter.field} ${filter.comparator} "${new Date(filter.value).toISOString()}"`;
    default:
      return `${filter.field} ${filter.comparator} ${JSON.stringify(filter.value)}`;
  }
}

/** What the filter language says of one run: the meaning that an adapter's queries are held to. */
export function holdsFor(filter: Filter, row: ExecutionRow): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((operand) => holdsFor(operand, row));
    case 'or':
      return filter.operands.some((operand) => holdsFor(operand, row));
    case 'not':
      return !holdsFor(filter.operand, row);
    default:
      return compares(row[filter.field], filter.comparator, filter.value);
  }
}

function compares<T extends string | number>(actual: T | undefined, comparator: Comparator, value: T): boolean {
  if (actual === undefined) return comparator === '!=';
  switch (comparator) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
  }
}

import type { EpochMs } from '@fermata/kernel';
import type { ExecutionStatus } from '../read-model.js';

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Texts are ordered by Unicode code point. A run without a build compares as one without an end does. */
export interface TextComparison {
  readonly kind: 'text';
  readonly field: 'workflowType' | 'workflowId' | 'buildId';
  readonly comparator: Comparator;
  readonly value: string;
}

/** A time that a run doesn't have, such as the end of an open one, compares as false; `!=` is exactly `not =`. */
export interface TimeComparison {
  readonly kind: 'time';
  readonly field: 'startedAt' | 'closedAt';
  readonly comparator: Comparator;
  readonly value: EpochMs;
}

export interface StatusComparison {
  readonly kind: 'status';
  readonly field: 'status';
  readonly comparator: '=' | '!=';
  readonly value: ExecutionStatus;
}

export type Comparison = TextComparison | TimeComparison | StatusComparison;

/** A filter as parsed: `a in (x, y)` is `a = x or a = y`. No operands: `and` holds for every run, `or` for none. */
export type Filter =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter };

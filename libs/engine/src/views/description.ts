import type { Failure, Payload, RunId } from '@fermata/kernel';
import type { Position } from '../event-store/event-store.js';
import type { ExecutionStatus } from '../read-model/read-model.js';

/** ISO 8601, UTC, with milliseconds. */
export type Timestamp = string;

export interface ExecutionSummary {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly workflowType: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Timestamp;
  readonly closedAt?: Timestamp;
  readonly historyLength: number;
  readonly buildId?: string;
}

export interface WaitView {
  readonly kind: 'step' | 'timer' | 'signal' | 'child' | 'condition';
  readonly name: string;
  readonly since: Timestamp;
  readonly until?: Timestamp;
}

export interface PendingStepView {
  readonly stepId: number;
  readonly name: string;
  readonly state: 'scheduled' | 'running' | 'retrying';
  /** The attempt that runs or comes next, from 1. */
  readonly attempt: number;
  readonly nextAttemptAt?: Timestamp;
  readonly lastError?: string;
}

/** One run, whole. */
export interface ExecutionDescription extends ExecutionSummary {
  readonly input: Payload;
  readonly result?: Payload;
  /** Why the run failed, or why it is stuck. */
  readonly failure?: Failure;
  readonly waits: readonly WaitView[];
  readonly pendingSteps: readonly PendingStepView[];
  readonly searchAttributes: { readonly [name: string]: Payload };
  readonly memo?: Payload;
  readonly children: readonly never[];
  /** Up to where the log is reflected here. */
  readonly position: Position;
}

export interface HistoryEventView {
  readonly revision: number;
  readonly position: Position;
  readonly type: string;
  /** Of the event's schema. */
  readonly version: number;
  readonly timestamp: Timestamp;
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface HistoryPage {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: RunId;
  readonly events: readonly HistoryEventView[];
  /** Where the next page begins; absent on the last. */
  readonly nextFrom?: number;
}

export interface ExecutionList {
  readonly items: readonly ExecutionSummary[];
  readonly nextCursor?: string;
  readonly position: Position;
}

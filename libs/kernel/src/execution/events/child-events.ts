import type { Millis } from '../../duration/duration.js';
import type { Failure } from '../../errors/failure.js';
import type { Payload } from '../../payload/payload.js';
import type { ChildId, ParentClosePolicy, RunId } from './ids.js';
import type { RecordedRetry } from './run-events.js';

/** Workflow code wants a child; `ChildStarted` or `ChildStartFailed` follows. */
export interface ChildRequested {
  readonly type: 'ChildRequested';
  readonly version: 1;
  readonly childId: ChildId;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly input: Payload;
  readonly parentClosePolicy: ParentClosePolicy;
  readonly retry?: RecordedRetry;
  readonly runTimeoutMs?: Millis;
  readonly executionTimeoutMs?: Millis;
}

/** The child's start is durable. */
export interface ChildStarted {
  readonly type: 'ChildStarted';
  readonly version: 1;
  readonly childId: ChildId;
  readonly runId: RunId;
}

export interface ChildStartFailed {
  readonly type: 'ChildStartFailed';
  readonly version: 1;
  readonly childId: ChildId;
  readonly failure: Failure;
}

/** Workflow code asked a child to end gracefully. */
export interface ChildCancelRequested {
  readonly type: 'ChildCancelRequested';
  readonly version: 1;
  readonly childId: ChildId;
  /** `ChildCancelDelivered` is to follow. */
  readonly awaitsDelivery?: true;
}

/** The request to end is durable with the child. */
export interface ChildCancelDelivered {
  readonly type: 'ChildCancelDelivered';
  readonly version: 1;
  readonly childId: ChildId;
}

export interface ChildClosed {
  readonly type: 'ChildClosed';
  readonly version: 1;
  readonly childId: ChildId;
  readonly runId: RunId;
  readonly outcome: ChildOutcome;
}

export type ChildOutcome =
  | { readonly status: 'completed'; readonly result: Payload }
  | { readonly status: 'failed' | 'cancelled' | 'terminated' | 'timed-out'; readonly failure: Failure };

/** Workflow code no longer waits for the child, which goes on. */
export interface ChildAbandoned {
  readonly type: 'ChildAbandoned';
  readonly version: 1;
  readonly childId: ChildId;
}

/** The children that were open when the run closed have been dealt with as their policies say. */
export interface ChildrenReleased {
  readonly type: 'ChildrenReleased';
  readonly version: 1;
  readonly runId: RunId;
}

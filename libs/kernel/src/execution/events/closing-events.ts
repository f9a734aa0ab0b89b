import type { Failure } from '../../errors/failure.js';
import type { Payload } from '../../payload/payload.js';

export interface WorkflowCompleted {
  readonly type: 'WorkflowCompleted';
  readonly version: 1;
  readonly result: Payload;
  /** The messages whose handlers still ran and were cut off, one a handler. Absent: none. */
  readonly unfinishedHandlers?: readonly string[];
}

export interface WorkflowFailed {
  readonly type: 'WorkflowFailed';
  readonly version: 1;
  readonly failure: Failure;
}

/** The run ended because it was asked to, after its clean-up. */
export interface WorkflowCancelled {
  readonly type: 'WorkflowCancelled';
  readonly version: 1;
  readonly failure: Failure;
}

/** The run ended because its time was up, after its clean-up. */
export interface WorkflowTimedOut {
  readonly type: 'WorkflowTimedOut';
  readonly version: 1;
  readonly failure: Failure;
}

/** The run ended and another of the same execution goes on with this input, in the same append. */
export interface WorkflowContinuedAsNew {
  readonly type: 'WorkflowContinuedAsNew';
  readonly version: 1;
  readonly input: Payload;
}

/** An operator ended the run at once; no code of the workflow ran. */
export interface WorkflowTerminated {
  readonly type: 'WorkflowTerminated';
  readonly version: 1;
  readonly reason?: string;
}

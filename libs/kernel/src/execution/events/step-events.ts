import type { EpochMs, Millis } from '../../duration/duration.js';
import type { Failure } from '../../errors/failure.js';
import type { Payload } from '../../payload/payload.js';
import type { StepId } from './ids.js';

export interface StepScheduled {
  readonly type: 'StepScheduled';
  readonly version: 1;
  readonly stepId: StepId;
  readonly name: string;
  /** The step that this one undoes. */
  readonly compensates?: StepId;
  /** It must not run twice: that an attempt begins is recorded first. */
  readonly atMostOnce?: true;
}

/** An attempt of an at-most-once step is about to run. */
export interface StepStarted {
  readonly type: 'StepStarted';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
}

/** A step's work ended well; replay hands `result` back to the workflow. */
export interface StepSucceeded {
  readonly type: 'StepSucceeded';
  readonly version: 1;
  readonly stepId: StepId;
  /** Counts from 1: the attempt that succeeded. */
  readonly attempt: number;
  readonly result: Payload;
  /** How long the attempt ran. */
  readonly durationMs: Millis;
}

/** An attempt failed and another follows. */
export interface StepAttemptFailed {
  readonly type: 'StepAttemptFailed';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly failure: Failure;
  readonly durationMs: Millis;
  readonly nextAttemptAt: EpochMs;
  /** What its last heartbeat carried, for the next attempt to read. */
  readonly heartbeat?: Payload;
}

/** A step failed for good: not retryable, or out of attempts or time. */
export interface StepFailed {
  readonly type: 'StepFailed';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly failure: Failure;
  readonly durationMs: Millis;
}

/** The attempt's function has returned, and somebody outside completes the step with its token. */
export interface StepHandedOut {
  readonly type: 'StepHandedOut';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
  /** The attempt fails then, unless it has been completed. */
  readonly timeoutAt?: EpochMs;
  /** It fails when it goes this long without a heartbeat. */
  readonly heartbeatMs?: Millis;
}

/** How far an attempt has come, for the next one to read. Recorded now and then, not at each heartbeat. */
export interface StepHeartbeatRecorded {
  readonly type: 'StepHeartbeatRecorded';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly details: Payload;
}

/** The workflow waits for a step whose abort it has asked for. */
export interface StepCancelRequested {
  readonly type: 'StepCancelRequested';
  readonly version: 1;
  readonly stepId: StepId;
}

/** The workflow no longer waits for this step: its outcome will be ignored. */
export interface StepCancelled {
  readonly type: 'StepCancelled';
  readonly version: 1;
  readonly stepId: StepId;
  /** It is left to run, and nobody looks at how it ends. */
  readonly abandoned?: true;
}

import type { EpochMs, Millis } from '../../duration/duration.js';
import type { Failure } from '../../errors/failure.js';
import type { Payload } from '../../payload/payload.js';
import type { ParentLink, RunId, UpdateId } from './ids.js';

/** A run began. Opens every run, and thereby closes none: the run before it must have closed. */
export interface WorkflowStarted {
  readonly type: 'WorkflowStarted';
  readonly version: 1;
  readonly runId: RunId;
  readonly workflowType: string;
  readonly input: Payload;
  /** Makes a repeated start answer with this run. */
  readonly requestId?: string;
  /** Which deployment of the user's code started it. */
  readonly buildId?: string;
  /** Nodes of that build alone run it. */
  readonly pinned?: true;
  readonly memo?: Payload;
  readonly searchAttributes?: SearchAttributes;
  readonly parent?: ParentLink;
  /** The run that this one continues or tries again. */
  readonly previousRunId?: RunId;
  /** Messages to the run before it that nobody had taken: they are there before the code begins. */
  readonly carriedOver?: CarriedOver;
  /** Counts from 1: which try of the execution this run is. Absent: the first. */
  readonly attempt?: number;
  /** How often, and when, the execution is tried again after it failed. */
  readonly retry?: RecordedRetry;
  /** The code doesn't begin before this. */
  readonly firstTurnAt?: EpochMs;
  /** The run is timed out then. */
  readonly timeoutAt?: EpochMs;
  /** How long each run may take: for the runs that follow. */
  readonly runTimeoutMs?: Millis;
  /** The execution, with all the runs that follow one another in it, is timed out then. */
  readonly executionTimeoutAt?: EpochMs;
}

export interface CarriedOver {
  readonly signals: readonly { readonly name: string; readonly payload: Payload }[];
  readonly updates: readonly { readonly updateId: UpdateId; readonly name: string; readonly args: Payload }[];
}

export type SearchAttributes = { readonly [name: string]: string | number | boolean | readonly string[] };

/** A retry policy of which nothing but data is left. */
export interface RecordedRetry {
  readonly maxAttempts?: number;
  readonly initialMs: Millis;
  readonly backoff: number;
  readonly maxMs: Millis;
  /** Error types and codes. */
  readonly nonRetryable?: readonly string[];
}

/** A delayed run begins now. */
export interface StartDelayElapsed {
  readonly type: 'StartDelayElapsed';
  readonly version: 1;
}

/** The run's or the execution's time is up: waits reject, compensations run, and the run closes as timed out. */
export interface RunTimedOut {
  readonly type: 'RunTimedOut';
  readonly version: 1;
}

/** Somebody asked the run to end gracefully: waits reject with `CancelledError`, compensations run. */
export interface CancelRequested {
  readonly type: 'CancelRequested';
  readonly version: 1;
  readonly reason?: string;
}

/** The run takes the new branch of a change in the code, now and in every replay. */
export interface PatchMarked {
  readonly type: 'PatchMarked';
  readonly version: 1;
  readonly patchId: string;
}

export interface SearchAttributesSet {
  readonly type: 'SearchAttributesSet';
  readonly version: 1;
  readonly attributes: SearchAttributes;
}

/** The run's code can't go on. Its causes and decisions stay as they are until the code is mended. */
export interface WorkflowStuck {
  readonly type: 'WorkflowStuck';
  readonly version: 1;
  readonly failure: Failure;
}

/** A stuck run goes on: its history replayed without fault. */
export interface WorkflowUnstuck {
  readonly type: 'WorkflowUnstuck';
  readonly version: 1;
}

import type { EpochMs, Millis } from '../duration/duration.js';
import type { Failure } from '../errors/failure.js';
import type { Payload } from '../payload/payload.js';

/** UUIDv7: one pass of an execution from start to close. */
export type RunId = string;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type StepId = number;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type TimerId = number;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type WaitId = number;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type ChildId = number;
/** Given by the caller, or a UUID; unique in a run. */
export type UpdateId = string;

/** Which child of which run an execution is. */
export interface ParentLink {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly childId: ChildId;
}

/** What becomes of a child when its parent closes first. */
export const parentClosePolicies = ['terminate', 'cancel', 'abandon'] as const;
export type ParentClosePolicy = (typeof parentClosePolicies)[number];

// Causes: what came from outside the workflow code. Each is applied in a turn of its own (DESIGN §5).

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

/** A validated message that its sender awaits an answer to. */
export interface UpdateAccepted {
  readonly type: 'UpdateAccepted';
  readonly version: 1;
  readonly updateId: UpdateId;
  readonly name: string;
  readonly args: Payload;
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

export type ChildOutcome =
  | { readonly status: 'completed'; readonly result: Payload }
  | { readonly status: 'failed' | 'cancelled' | 'terminated' | 'timed-out'; readonly failure: Failure };

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

/** A step failed for good: not retryable, or out of attempts or time. */
export interface StepFailed {
  readonly type: 'StepFailed';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
  readonly failure: Failure;
  readonly durationMs: Millis;
}

/** Its time had come: the event's timestamp is never before the timer's `dueAt`. */
export interface TimerFired {
  readonly type: 'TimerFired';
  readonly version: 1;
  readonly timerId: TimerId;
}

export interface SignalReceived {
  readonly type: 'SignalReceived';
  readonly version: 1;
  readonly name: string;
  readonly payload: Payload;
  /** Makes a repeated send count once. */
  readonly requestId?: string;
}

/** Somebody asked the run to end gracefully: waits reject with `CancelledError`, compensations run. */
export interface CancelRequested {
  readonly type: 'CancelRequested';
  readonly version: 1;
  readonly reason?: string;
}

// Decisions: what the code did in answer.

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

export interface TimerStarted {
  readonly type: 'TimerStarted';
  readonly version: 1;
  readonly timerId: TimerId;
  readonly dueAt: EpochMs;
  /** The wait of which this timer is the time-out. */
  readonly waitId?: WaitId;
}

export interface TimerCancelled {
  readonly type: 'TimerCancelled';
  readonly version: 1;
  readonly timerId: TimerId;
}

/** Workflow code waits for a signal that hadn't come yet. */
export interface SignalAwaited {
  readonly type: 'SignalAwaited';
  readonly version: 1;
  readonly waitId: WaitId;
  readonly name: string;
}

/** Workflow code waits until its state fulfils a condition. */
export interface ConditionAwaited {
  readonly type: 'ConditionAwaited';
  readonly version: 1;
  readonly waitId: WaitId;
}

/** A wait ended without an event that says so: its condition was met, or the code gave it up. */
export interface WaitEnded {
  readonly type: 'WaitEnded';
  readonly version: 1;
  readonly waitId: WaitId;
}

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

/** Workflow code asked a child to end gracefully. */
export interface ChildCancelRequested {
  readonly type: 'ChildCancelRequested';
  readonly version: 1;
  readonly childId: ChildId;
  /** `ChildCancelDelivered` is to follow. */
  readonly awaitsDelivery?: true;
}

/** Workflow code no longer waits for the child, which goes on. */
export interface ChildAbandoned {
  readonly type: 'ChildAbandoned';
  readonly version: 1;
  readonly childId: ChildId;
}

/** How an accepted update ended: a result, or a failure. */
export interface UpdateCompleted {
  readonly type: 'UpdateCompleted';
  readonly version: 1;
  readonly updateId: UpdateId;
  readonly result?: Payload;
  readonly failure?: Failure;
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

// Bookkeeping: neither; never reaches the code.

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

/** An attempt of an at-most-once step is about to run. */
export interface StepStarted {
  readonly type: 'StepStarted';
  readonly version: 1;
  readonly stepId: StepId;
  readonly attempt: number;
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

/** The children that were open when the run closed have been dealt with as their policies say. */
export interface ChildrenReleased {
  readonly type: 'ChildrenReleased';
  readonly version: 1;
  readonly runId: RunId;
}

/** An operator ended the run at once; no code of the workflow ran. */
export interface WorkflowTerminated {
  readonly type: 'WorkflowTerminated';
  readonly version: 1;
  readonly reason?: string;
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

export type Cause =
  | WorkflowStarted
  | StartDelayElapsed
  | RunTimedOut
  | StepSucceeded
  | StepFailed
  | TimerFired
  | SignalReceived
  | UpdateAccepted
  | ChildStarted
  | ChildStartFailed
  | ChildCancelDelivered
  | ChildClosed
  | CancelRequested;
export type Decision =
  | StepScheduled
  | StepCancelRequested
  | StepCancelled
  | TimerStarted
  | TimerCancelled
  | SignalAwaited
  | ConditionAwaited
  | WaitEnded
  | ChildRequested
  | ChildCancelRequested
  | ChildAbandoned
  | UpdateCompleted
  | PatchMarked
  | SearchAttributesSet
  | ClosingDecision;
/** How workflow code ends its run. */
export type ClosingDecision =
  WorkflowCompleted | WorkflowFailed | WorkflowCancelled | WorkflowTimedOut | WorkflowContinuedAsNew;
export type ClosingEvent = ClosingDecision | WorkflowTerminated;
export type Bookkeeping =
  | StepStarted
  | StepAttemptFailed
  | StepHandedOut
  | StepHeartbeatRecorded
  | ChildrenReleased
  | WorkflowTerminated
  | WorkflowStuck
  | WorkflowUnstuck;

/** Every fact a history may hold, in its newest shape. Older shapes are known to the upcasters and to nobody else. */
export type ExecutionEvent = Cause | Decision | Bookkeeping;
export type ExecutionEventType = ExecutionEvent['type'];

const roles: Readonly<Record<ExecutionEventType, 'cause' | 'decision' | 'bookkeeping'>> = {
  WorkflowStarted: 'cause',
  StartDelayElapsed: 'cause',
  RunTimedOut: 'cause',
  UpdateAccepted: 'cause',
  ChildStarted: 'cause',
  ChildStartFailed: 'cause',
  ChildCancelDelivered: 'cause',
  ChildClosed: 'cause',
  StepSucceeded: 'cause',
  StepFailed: 'cause',
  TimerFired: 'cause',
  SignalReceived: 'cause',
  CancelRequested: 'cause',
  StepScheduled: 'decision',
  StepCancelRequested: 'decision',
  ConditionAwaited: 'decision',
  WaitEnded: 'decision',
  ChildRequested: 'decision',
  ChildCancelRequested: 'decision',
  ChildAbandoned: 'decision',
  UpdateCompleted: 'decision',
  PatchMarked: 'decision',
  SearchAttributesSet: 'decision',
  WorkflowTimedOut: 'decision',
  WorkflowContinuedAsNew: 'decision',
  StepCancelled: 'decision',
  TimerStarted: 'decision',
  TimerCancelled: 'decision',
  SignalAwaited: 'decision',
  WorkflowCompleted: 'decision',
  WorkflowFailed: 'decision',
  WorkflowCancelled: 'decision',
  StepStarted: 'bookkeeping',
  StepAttemptFailed: 'bookkeeping',
  StepHandedOut: 'bookkeeping',
  StepHeartbeatRecorded: 'bookkeeping',
  ChildrenReleased: 'bookkeeping',
  WorkflowTerminated: 'bookkeeping',
  WorkflowStuck: 'bookkeeping',
  WorkflowUnstuck: 'bookkeeping',
};

export function isCause(event: ExecutionEvent): event is Cause {
  return roles[event.type] === 'cause';
}

export function isDecision(event: ExecutionEvent): event is Decision {
  return roles[event.type] === 'decision';
}

const closingTypes: ReadonlySet<ExecutionEventType> = new Set<ClosingEvent['type']>([
  'WorkflowCompleted',
  'WorkflowFailed',
  'WorkflowCancelled',
  'WorkflowTimedOut',
  'WorkflowContinuedAsNew',
  'WorkflowTerminated',
]);

export function isClosing(event: ExecutionEvent): event is ClosingEvent {
  return closingTypes.has(event.type);
}

export function isKnownEventType(type: string): type is ExecutionEventType {
  return Object.hasOwn(roles, type);
}

/** An event with the time at which it was recorded: what workflow code sees as "now" while it is applied. */
export interface TimedEvent<E extends ExecutionEvent = ExecutionEvent> {
  readonly event: E;
  readonly timestamp: EpochMs;
}

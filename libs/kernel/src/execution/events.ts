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
  readonly memo?: Payload;
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
}

/** The workflow no longer waits for this step: its outcome will be ignored. */
export interface StepCancelled {
  readonly type: 'StepCancelled';
  readonly version: 1;
  readonly stepId: StepId;
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

export interface WorkflowCompleted {
  readonly type: 'WorkflowCompleted';
  readonly version: 1;
  readonly result: Payload;
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

export type Cause = WorkflowStarted | StepSucceeded | StepFailed | TimerFired | SignalReceived | CancelRequested;
export type Decision =
  | StepScheduled
  | StepCancelled
  | TimerStarted
  | TimerCancelled
  | SignalAwaited
  | WorkflowCompleted
  | WorkflowFailed
  | WorkflowCancelled;
export type Bookkeeping = StepAttemptFailed | WorkflowTerminated | WorkflowStuck | WorkflowUnstuck;

/** Every fact a history may hold, in its newest shape. Older shapes are known to the upcasters and to nobody else. */
export type ExecutionEvent = Cause | Decision | Bookkeeping;
export type ExecutionEventType = ExecutionEvent['type'];

const roles: Readonly<Record<ExecutionEventType, 'cause' | 'decision' | 'bookkeeping'>> = {
  WorkflowStarted: 'cause',
  StepSucceeded: 'cause',
  StepFailed: 'cause',
  TimerFired: 'cause',
  SignalReceived: 'cause',
  CancelRequested: 'cause',
  StepScheduled: 'decision',
  StepCancelled: 'decision',
  TimerStarted: 'decision',
  TimerCancelled: 'decision',
  SignalAwaited: 'decision',
  WorkflowCompleted: 'decision',
  WorkflowFailed: 'decision',
  WorkflowCancelled: 'decision',
  StepAttemptFailed: 'bookkeeping',
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

export function isKnownEventType(type: string): type is ExecutionEventType {
  return Object.hasOwn(roles, type);
}

/** An event with the time at which it was recorded: what workflow code sees as "now" while it is applied. */
export interface TimedEvent<E extends ExecutionEvent = ExecutionEvent> {
  readonly event: E;
  readonly timestamp: EpochMs;
}

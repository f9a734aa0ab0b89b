import type { EpochMs } from '../duration/duration.js';
import type {
  CancelRequested,
  PatchMarked,
  RunTimedOut,
  SearchAttributesSet,
  StartDelayElapsed,
  WorkflowStarted,
  WorkflowStuck,
  WorkflowUnstuck,
} from './events/run-events.js';
import type {
  WorkflowCancelled,
  WorkflowCompleted,
  WorkflowContinuedAsNew,
  WorkflowFailed,
  WorkflowTerminated,
  WorkflowTimedOut,
} from './events/closing-events.js';
import type { TimerCancelled, TimerFired, TimerStarted } from './events/timer-events.js';
import type {
  ConditionAwaited,
  SignalAwaited,
  SignalReceived,
  UpdateAccepted,
  UpdateCompleted,
  WaitEnded,
} from './events/message-events.js';
import type {
  StepAttemptFailed,
  StepCancelRequested,
  StepCancelled,
  StepFailed,
  StepHandedOut,
  StepHeartbeatRecorded,
  StepScheduled,
  StepStarted,
  StepSucceeded,
} from './events/step-events.js';
import type {
  ChildAbandoned,
  ChildCancelDelivered,
  ChildCancelRequested,
  ChildClosed,
  ChildRequested,
  ChildStartFailed,
  ChildStarted,
  ChildrenReleased,
} from './events/child-events.js';

export * from './events/ids.js';
export type * from './events/child-events.js';
export type * from './events/closing-events.js';
export type * from './events/message-events.js';
export type * from './events/run-events.js';
export type * from './events/step-events.js';
export type * from './events/timer-events.js';

// An event is a cause, which came from outside the workflow code and is applied in a turn of its own; a decision, which
// is what the code did in answer; or bookkeeping, which is neither and never reaches the code.

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

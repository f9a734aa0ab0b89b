import type { EpochMs } from '../duration/duration.js';
import { assertNever, invariant } from '../errors/invariant.js';
import type { ExecutionEvent, StepId, WorkflowStarted } from './events.js';
import { isClosing } from './events.js';
import type {
  AlarmKind,
  ClosedExecution,
  ExecutionState,
  PendingChild,
  PendingStep,
  RunningExecution,
} from './state.js';
import { absent } from './state.js';
import type { ClosingEvent } from './events.js';

/**
 * What is true after the event. Holds no rules and refuses nothing: the log is the truth, even where today's deciders
 * would have said no. It may change the state that it is given and answer with the same object: a fold over a fan-out
 * of thousands must not copy its pending steps each time.
 */
export function evolve(state: ExecutionState, event: ExecutionEvent, at: EpochMs): ExecutionState {
  if (event.type === 'WorkflowStarted') return begin(state, event, at);
  if (event.type === 'ChildrenReleased') return release(state, event.runId);
  // What comes after the close of a run is late, and of no effect.
  if (state.status !== 'running') return state;
  if (isClosing(event)) return close(state, event, at);
  apply(state, event, at);
  return state;
}

export function fold(
  events: Iterable<{ readonly event: ExecutionEvent; readonly timestamp: EpochMs }>,
): ExecutionState {
  let state: ExecutionState = absent;
  for (const { event, timestamp } of events) state = evolve(state, event, timestamp);
  return state;
}

type OpenRunEvent = Exclude<ExecutionEvent, ClosingEvent | { readonly type: 'WorkflowStarted' | 'ChildrenReleased' }>;

function apply(state: RunningExecution, event: OpenRunEvent, at: EpochMs): void {
  switch (event.type) {
    case 'StepScheduled':
      state.steps.set(event.stepId, { name: event.name, scheduledAt: at, attempt: 1, attemptAt: at });
      return;
    case 'StepStarted':
      return changeStep(state, event, { isStarted: true });
    case 'StepHandedOut':
      return changeStep(state, event, {
        isHandedOut: true,
        aliveAt: at,
        ...(event.timeoutAt !== undefined && { timeoutAt: event.timeoutAt }),
        ...(event.heartbeatMs !== undefined && { heartbeatMs: event.heartbeatMs }),
      });
    case 'StepHeartbeatRecorded':
      return changeStep(state, event, { heartbeat: event.details, aliveAt: at });
    case 'StepAttemptFailed':
      return nextAttempt(state, event.stepId, event);
    case 'StepCancelRequested': {
      const pending = state.steps.get(event.stepId);
      if (pending) state.steps.set(event.stepId, { ...pending, isCancelRequested: true });
      return;
    }
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepCancelled':
      state.steps.delete(event.stepId);
      return;
    case 'TimerStarted':
      state.timers.set(event.timerId, event.dueAt);
      return;
    case 'TimerFired':
    case 'TimerCancelled':
      state.timers.delete(event.timerId);
      return;
    case 'StartDelayElapsed':
      state.alarms.delete('start-delay');
      return;
    case 'RunTimedOut':
      state.alarms.delete('timeout');
      state.isCancelRequested = true;
      return;
    case 'SignalReceived':
      if (event.requestId !== undefined) state.signalRequests.add(event.requestId);
      return;
    case 'UpdateAccepted':
      state.updates.set(event.updateId, undefined);
      return;
    case 'UpdateCompleted':
      state.updates.set(event.updateId, event);
      return;
    case 'ChildRequested':
      state.children.set(event.childId, { requested: event });
      return;
    case 'ChildStarted':
      return changeChild(state, event.childId, { runId: event.runId });
    case 'ChildCancelRequested':
      return changeChild(state, event.childId, {
        isCancelRequested: true,
        ...(event.awaitsDelivery && { cancelDelivery: 'awaited' }),
      });
    case 'ChildCancelDelivered':
      return changeChild(state, event.childId, { cancelDelivery: 'done' });
    case 'ChildStartFailed':
    case 'ChildClosed':
    case 'ChildAbandoned':
      state.children.delete(event.childId);
      return;
    case 'SearchAttributesSet':
      state.searchAttributes = { ...state.searchAttributes, ...event.attributes };
      return;
    case 'CancelRequested':
      state.isCancelRequested = true;
      return;
    case 'WorkflowStuck':
      state.stuck = event.failure;
      return;
    case 'WorkflowUnstuck':
      state.stuck = undefined;
      return;
    case 'SignalAwaited':
    case 'ConditionAwaited':
    case 'WaitEnded':
    case 'PatchMarked':
      return;
    default:
      return assertNever(event);
  }
}

function begin(state: ExecutionState, started: WorkflowStarted, at: EpochMs): RunningExecution {
  invariant(state.status !== 'running', `run ${started.runId} started while another run is open`);
  const { starts, unreleased } = state.status === 'absent' ? noLineage : state;
  return {
    status: 'running',
    started,
    startedAt: at,
    starts: started.requestId === undefined ? starts : new Map([...starts, [started.requestId, started.runId]]),
    unreleased,
    steps: new Map(),
    timers: new Map(),
    alarms: alarmsOf(started),
    children: new Map(),
    ...requestsBefore(state, started),
    searchAttributes: started.searchAttributes ?? {},
    isCancelRequested: false,
    stuck: undefined,
  };
}

/** How many of an execution's request IDs are remembered over its runs. Older ones no longer make a repeat count once. */
export const requestsRememberedMax = 10_000;

/** Runs that follow one another know what was asked of those before: a repeat counts once in the execution, not in a run. */
function requestsBefore(
  state: ExecutionState,
  { previousRunId, carriedOver }: WorkflowStarted,
): Pick<RunningExecution, 'signalRequests' | 'updates'> {
  if (state.status === 'absent' || state.started.runId !== previousRunId) {
    return { signalRequests: new Set(), updates: new Map() };
  }
  const ended = [...state.updates].filter(([, completed]) => completed !== undefined);
  const carried = (carriedOver?.updates ?? []).map(({ updateId }) => [updateId, undefined] as const);
  return {
    signalRequests: new Set([...state.signalRequests].slice(-requestsRememberedMax)),
    updates: new Map([...ended.slice(-requestsRememberedMax), ...carried]),
  };
}

function alarmsOf({ firstTurnAt, timeoutAt }: WorkflowStarted): Map<AlarmKind, EpochMs> {
  const alarms = new Map<AlarmKind, EpochMs>();
  if (firstTurnAt !== undefined) alarms.set('start-delay', firstTurnAt);
  if (timeoutAt !== undefined) alarms.set('timeout', timeoutAt);
  return alarms;
}

interface AttemptEvent {
  readonly stepId: StepId;
  readonly attempt: number;
}

/** A late report of an attempt that no longer counts changes nothing. */
function changeStep(state: RunningExecution, { stepId, attempt }: AttemptEvent, change: Partial<PendingStep>): void {
  const pending = state.steps.get(stepId);
  if (pending?.attempt === attempt) state.steps.set(stepId, { ...pending, ...change });
}

function nextAttempt(
  state: RunningExecution,
  stepId: StepId,
  failed: Extract<ExecutionEvent, { readonly type: 'StepAttemptFailed' }>,
): void {
  const pending = state.steps.get(stepId);
  if (pending?.attempt !== failed.attempt) return;
  const { isStarted: _started, isHandedOut: _handedOut, timeoutAt: _limit, ...rest } = pending;
  const { heartbeatMs: _heartbeatMs, aliveAt: _aliveAt, ...kept } = rest;
  state.steps.set(stepId, {
    ...kept,
    attempt: failed.attempt + 1,
    attemptAt: failed.nextAttemptAt,
    lastFailure: failed.failure,
    ...(failed.heartbeat !== undefined && { heartbeat: failed.heartbeat }),
  });
}

function changeChild(state: RunningExecution, childId: number, change: Partial<PendingChild>): void {
  const pending = state.children.get(childId);
  if (pending) state.children.set(childId, { ...pending, ...change });
}

function close(state: RunningExecution, closing: ClosingEvent, at: EpochMs): ClosedExecution {
  const { started, startedAt, starts, signalRequests, updates, children } = state;
  const { runId } = started;
  const unreleased =
    children.size === 0 ? state.unreleased : new Map([...state.unreleased, [runId, [...children.values()]]]);
  return { status: 'closed', started, startedAt, starts, unreleased, signalRequests, updates, closing, closedAt: at };
}

function release(state: ExecutionState, runId: string): ExecutionState {
  if (state.status === 'absent') return state;
  return { ...state, unreleased: new Map([...state.unreleased].filter(([of]) => of !== runId)) };
}

const noLineage = { starts: new Map<string, string>(), unreleased: new Map<string, readonly PendingChild[]>() };

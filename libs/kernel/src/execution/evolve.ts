import type { EpochMs } from '../duration/duration.js';
import { assertNever, invariant } from '../errors/invariant.js';
import type { ExecutionEvent, StepAttemptFailed, WorkflowStarted } from './events.js';
import type { ClosingEvent, ExecutionState, RunningExecution } from './state.js';
import { absent } from './state.js';

/**
 * What is true after the event. Holds no rules and refuses nothing: the log is the truth, even where today's deciders
 * would have said no. It may change the state that it is given and answer with the same object: a fold over a fan-out
 * of thousands must not copy its pending steps each time.
 */
export function evolve(state: ExecutionState, event: ExecutionEvent, at: EpochMs): ExecutionState {
  if (event.type === 'WorkflowStarted') return begin(state, event, at);
  // What comes after the close of a run is late, and of no effect.
  if (state.status !== 'running') return state;
  switch (event.type) {
    case 'StepScheduled':
      state.steps.set(event.stepId, { name: event.name, scheduledAt: at, attempt: 1, attemptAt: at });
      return state;
    case 'StepAttemptFailed':
      return withNextAttempt(state, event);
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepCancelled':
      state.steps.delete(event.stepId);
      return state;
    case 'TimerStarted':
      state.timers.set(event.timerId, event.dueAt);
      return state;
    case 'TimerFired':
    case 'TimerCancelled':
      state.timers.delete(event.timerId);
      return state;
    case 'SignalReceived':
      if (event.requestId !== undefined) state.signalRequests.add(event.requestId);
      return state;
    case 'SignalAwaited':
      return state;
    case 'CancelRequested':
      state.isCancelRequested = true;
      return state;
    case 'WorkflowStuck':
      state.stuck = event.failure;
      return state;
    case 'WorkflowUnstuck':
      state.stuck = undefined;
      return state;
    case 'WorkflowCompleted':
    case 'WorkflowFailed':
    case 'WorkflowCancelled':
    case 'WorkflowTerminated':
      return close(state, event, at);
    default:
      return assertNever(event);
  }
}

export function fold(
  events: Iterable<{ readonly event: ExecutionEvent; readonly timestamp: EpochMs }>,
): ExecutionState {
  let state: ExecutionState = absent;
  for (const { event, timestamp } of events) state = evolve(state, event, timestamp);
  return state;
}

function begin(state: ExecutionState, started: WorkflowStarted, at: EpochMs): RunningExecution {
  invariant(state.status !== 'running', `run ${started.runId} started while another run is open`);
  const earlier = state.status === 'absent' ? [] : state.starts;
  return {
    status: 'running',
    started,
    startedAt: at,
    starts:
      started.requestId === undefined ? new Map(earlier) : new Map([...earlier, [started.requestId, started.runId]]),
    steps: new Map(),
    timers: new Map(),
    signalRequests: new Set(),
    isCancelRequested: false,
    stuck: undefined,
  };
}

function withNextAttempt(state: RunningExecution, failed: StepAttemptFailed): RunningExecution {
  const pending = state.steps.get(failed.stepId);
  // A late report of an attempt that no longer counts.
  if (!pending || pending.attempt !== failed.attempt) return state;
  state.steps.set(failed.stepId, {
    ...pending,
    attempt: failed.attempt + 1,
    attemptAt: failed.nextAttemptAt,
    lastFailure: failed.failure,
  });
  return state;
}

function close(state: RunningExecution, closing: ClosingEvent, at: EpochMs): ExecutionState {
  const { started, startedAt, starts, signalRequests } = state;
  return { status: 'closed', started, startedAt, starts, signalRequests, closing, closedAt: at };
}

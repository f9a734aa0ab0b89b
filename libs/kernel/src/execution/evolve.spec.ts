import { describe, expect, it } from '@jest/globals';
import {
  aCancelRequested,
  aFailure,
  aSignalAwaited,
  aSignalReceived,
  aStepAttemptFailed,
  aStepCancelled,
  aStepFailed,
  aStepScheduled,
  aStepSucceeded,
  aTimerCancelled,
  aTimerFired,
  aTimerStarted,
  aWorkflowCancelled,
  aWorkflowCompleted,
  aWorkflowFailed,
  aWorkflowStarted,
  aWorkflowStuck,
  aWorkflowTerminated,
  aWorkflowUnstuck,
} from '../../../testing/src/builders/event-builders.contract.js';
import { isCause, isDecision, isKnownEventType, type ExecutionEvent } from './events.js';
import { fold } from './evolve.js';
import type { ClosedExecution, ExecutionState, RunningExecution } from './state.js';

const startedAt = 1_700_000_000_000;

/** The state after these events, a second from one to the next. */
const after = (...events: readonly ExecutionEvent[]): ExecutionState =>
  fold(events.map((event, index) => ({ event, timestamp: startedAt + index * 1_000 })));

function running(...events: readonly ExecutionEvent[]): RunningExecution {
  const state = after(aWorkflowStarted(), ...events);
  if (state.status !== 'running') throw new Error(`it is ${state.status}`);
  return state;
}

function closed(...events: readonly ExecutionEvent[]): ClosedExecution {
  const state = after(aWorkflowStarted(), ...events);
  if (state.status !== 'closed') throw new Error(`it is ${state.status}`);
  return state;
}

const closings = [aWorkflowCompleted(), aWorkflowFailed(), aWorkflowCancelled(), aWorkflowTerminated()];

/** What may happen to a run that is open, one of each kind that there is a builder for. */
const happenings: readonly ExecutionEvent[] = [
  aStepScheduled(),
  aStepSucceeded(),
  aStepFailed(),
  aStepAttemptFailed(),
  aStepCancelled(),
  aTimerStarted(),
  aTimerFired(),
  aTimerCancelled(),
  aSignalAwaited(),
  aSignalReceived({ requestId: 'late' }),
  aCancelRequested(),
  aWorkflowStuck(),
  aWorkflowUnstuck(),
  ...closings,
];

describe('fold', () => {
  it('of nothing is an absent execution', () => {
    expect(after()).toEqual({ status: 'absent' });
  });

  it('of what has no start stays absent', () => {
    expect(after(...happenings)).toEqual({ status: 'absent' });
  });

  it('begins a run', () => {
    expect(running()).toMatchObject({ status: 'running', started: aWorkflowStarted(), startedAt, stuck: undefined });
  });

  it('keeps a scheduled step pending until its outcome, whichever that is', () => {
    const pending = { name: 'ship', scheduledAt: startedAt + 1_000, attempt: 1, attemptAt: startedAt + 1_000 };
    expect([...running(aStepScheduled({ stepId: 3, name: 'ship' })).steps]).toEqual([[3, pending]]);
    for (const outcome of [aStepSucceeded, aStepFailed, aStepCancelled]) {
      expect(
        running(aStepScheduled({ stepId: 3 }), aStepScheduled({ stepId: 4 }), outcome({ stepId: 3 })).steps.size,
      ).toBe(1);
    }
  });

  it('counts attempts, with the time of the next and the last failure', () => {
    const failure = aFailure({ message: 'busy' });
    const { steps } = running(aStepScheduled(), aStepAttemptFailed({ attempt: 1, failure, nextAttemptAt: 5 }));
    expect(steps.get(0)).toEqual({
      name: 'charge card',
      scheduledAt: startedAt + 1_000,
      attempt: 2,
      attemptAt: 5,
      lastFailure: failure,
    });
  });

  it('ignores a late report of an attempt, and one of a step that is not pending', () => {
    const once = [aStepScheduled(), aStepAttemptFailed({ attempt: 1, nextAttemptAt: 5 })];
    expect(running(...once, aStepAttemptFailed({ attempt: 1, nextAttemptAt: 9 }))).toEqual(running(...once));
    expect(running(aStepAttemptFailed({ stepId: 7 })).steps.size).toBe(0);
  });

  it('keeps a timer pending until it fires or is cancelled', () => {
    expect([...running(aTimerStarted({ timerId: 2, dueAt: 9 })).timers]).toEqual([[2, 9]]);
    for (const end of [aTimerFired, aTimerCancelled]) {
      expect(running(aTimerStarted({ timerId: 2 }), end({ timerId: 2 })).timers.size).toBe(0);
    }
  });

  it('remembers the requests of signals, and that cancellation was asked for', () => {
    const state = running(aSignalReceived({ requestId: 'r-1' }), aSignalReceived(), aCancelRequested());
    expect([...state.signalRequests]).toEqual(['r-1']);
    expect(state.isCancelRequested).toBe(true);
    expect(running().isCancelRequested).toBe(false);
  });

  it('knows why a run is stuck, until it no longer is', () => {
    const stuck = aWorkflowStuck();
    expect(running(stuck).stuck).toBe(stuck.failure);
    expect(running(stuck, aWorkflowUnstuck()).stuck).toBeUndefined();
  });

  it.each(closings.map((closing) => [closing.type, closing] as const))('closes with %s', (_, closing) => {
    expect(closed(aSignalReceived({ requestId: 'r-1' }), closing)).toMatchObject({
      status: 'closed',
      closing,
      startedAt,
      closedAt: startedAt + 2_000,
      signalRequests: new Set(['r-1']),
    });
  });

  it('takes no notice of what comes after the close', () => {
    const state = closed(aWorkflowCompleted());
    expect(closed(aWorkflowCompleted(), ...happenings)).toEqual(state);
  });

  it('begins another run after a close, and remembers the requests that began the former ones', () => {
    const first = aWorkflowStarted({ runId: 'run-1', requestId: 'request-1' });
    const second = aWorkflowStarted({ runId: 'run-2' });
    const third = aWorkflowStarted({ runId: 'run-3', requestId: 'request-3' });
    const state = after(
      first,
      aStepScheduled(),
      aTimerStarted(),
      aSignalReceived({ requestId: 'r-1' }),
      aWorkflowFailed(),
      second,
      aWorkflowTerminated(),
      third,
    );
    expect(state).toMatchObject({
      status: 'running',
      started: third,
      starts: new Map([
        ['request-1', 'run-1'],
        ['request-3', 'run-3'],
      ]),
      steps: new Map(),
      timers: new Map(),
      signalRequests: new Set(),
    });
  });

  it('finds a start beside an open run impossible', () => {
    expect(() => running(aWorkflowStarted({ runId: 'run-2' }))).toThrow(
      expect.objectContaining({ code: 'INVARIANT_VIOLATED' }),
    );
  });

  it('finds an event of a newer version impossible', () => {
    const newer = { type: 'WorkflowPaused', version: 1 } as unknown as ExecutionEvent;
    expect(() => running(newer)).toThrow(expect.objectContaining({ code: 'INVARIANT_VIOLATED' }));
  });
});

describe('events', () => {
  it('are causes, decisions or neither, and never both', () => {
    const all = [aWorkflowStarted(), ...happenings];
    expect(all.filter((event) => isCause(event) && isDecision(event))).toEqual([]);
    expect(all.filter(isCause)).toEqual([
      aWorkflowStarted(),
      aStepSucceeded(),
      aStepFailed(),
      aTimerFired(),
      aSignalReceived({ requestId: 'late' }),
      aCancelRequested(),
    ]);
    expect(all.filter((event) => !isCause(event) && !isDecision(event))).toEqual([
      aStepAttemptFailed(),
      aWorkflowStuck(),
      aWorkflowUnstuck(),
      aWorkflowTerminated(),
    ]);
  });

  it('are known by type', () => {
    for (const { type } of happenings) expect(isKnownEventType(type)).toBe(true);
    for (const type of ['', 'WorkflowPaused', 'toString', '__proto__']) expect(isKnownEventType(type)).toBe(false);
  });
});

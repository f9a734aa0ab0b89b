import { describe, expect, it } from '@jest/globals';
import {
  aTimerCancelled,
  aTimerFired,
  aTimerStarted,
  aWorkflowCompleted,
  aWorkflowStarted,
} from '../../../testing/src/builders/event-builders.contract.js';
import type { ExecutionEvent } from '../execution/events.js';
import { fold } from '../execution/evolve.js';
import type { ExecutionState } from '../execution/state.js';
import { decideFireTimer } from './decide-fire-timer.js';

const after = (...events: readonly ExecutionEvent[]): ExecutionState =>
  fold(events.map((event) => ({ event, timestamp: 0 })));

const started = aWorkflowStarted({ runId: 'run-1' });
const timer = aTimerStarted({ timerId: 4, dueAt: 1_000 });
const request = { runId: 'run-1', timerId: 4, now: 1_000 };
const nothing = { accepted: [], answer: undefined };

describe('decideFireTimer', () => {
  it('fires a timer from the millisecond in which it is due', () => {
    const fired = { accepted: [aTimerFired({ timerId: 4 })], answer: undefined };
    expect(decideFireTimer(after(started, timer), request)).toEqual(fired);
    expect(decideFireTimer(after(started, timer), { ...request, now: 9_000 })).toEqual(fired);
  });

  it('never fires early', () => {
    expect(decideFireTimer(after(started, timer), { ...request, now: 999 })).toEqual(nothing);
  });

  it.each<[string, ExecutionState]>([
    ['there is no execution', after()],
    ['there is no such timer', after(started)],
    ['it has fired', after(started, timer, aTimerFired({ timerId: 4 }))],
    ['it was cancelled', after(started, timer, aTimerCancelled({ timerId: 4 }))],
    ['the run has closed', after(started, timer, aWorkflowCompleted())],
    ['another run has begun', after(started, timer, aWorkflowCompleted(), aWorkflowStarted({ runId: 'run-2' }), timer)],
  ])('is of no effect when %s', (_, state) => {
    expect(decideFireTimer(state, request)).toEqual(nothing);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  aSignalReceived,
  aWorkflowCompleted,
  aWorkflowStarted,
} from '../../../testing/src/builders/event-builders.contract.js';
import type { ExecutionEvent } from '../execution/events.js';
import { fold } from '../execution/evolve.js';
import type { ExecutionState } from '../execution/state.js';
import { decideSignal, type SignalRequest } from './decide-signal.js';

const after = (...events: readonly ExecutionEvent[]): ExecutionState =>
  fold(events.map((event) => ({ event, timestamp: 0 })));

const request: SignalRequest = { workflowId: 'order-1', name: 'approval', payload: { by: 'ada' } };
const started = aWorkflowStarted({ runId: 'run-1' });
const nothing = { accepted: [], answer: undefined };

describe('decideSignal', () => {
  it('records the signal, whatever its name: the code may ask for it later', () => {
    expect(decideSignal(after(started), request)).toEqual({
      accepted: [aSignalReceived({ payload: { by: 'ada' } })],
      answer: undefined,
    });
    expect(decideSignal(after(started), { ...request, name: 'unheard of' })).toMatchObject({
      accepted: [{ name: 'unheard of' }],
    });
  });

  it('records the same signal twice when nothing says that it is a repeat', () => {
    expect(decideSignal(after(started, aSignalReceived()), request)).toMatchObject({
      accepted: [{ name: 'approval' }],
    });
  });

  it('counts a repeated request once, also when the run has closed since', () => {
    const repeated = { ...request, requestId: 'r-1' };
    const received = aSignalReceived({ requestId: 'r-1' });
    expect(decideSignal(after(started), repeated)).toMatchObject({ accepted: [{ requestId: 'r-1' }] });
    expect(decideSignal(after(started, received), repeated)).toEqual(nothing);
    expect(decideSignal(after(started, received, aWorkflowCompleted()), repeated)).toEqual(nothing);
    expect(decideSignal(after(started, received), { ...repeated, requestId: 'r-2' })).toMatchObject({ accepted: [{}] });
  });

  it('is refused where there is no execution, no such run, or none that is open', () => {
    expect(decideSignal(after(), request)).toMatchObject({ refused: { code: 'EXECUTION_NOT_FOUND' } });
    expect(decideSignal(after(started, aWorkflowCompleted()), request)).toMatchObject({
      refused: { code: 'EXECUTION_CLOSED', details: { runId: 'run-1' } },
    });
    expect(decideSignal(after(started), { ...request, runId: 'run-0' })).toMatchObject({
      refused: { code: 'EXECUTION_CLOSED', details: { runId: 'run-0' } },
    });
    expect(decideSignal(after(started), { ...request, runId: 'run-1' })).toMatchObject({ accepted: [{}] });
  });
});

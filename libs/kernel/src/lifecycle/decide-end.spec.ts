import { describe, expect, it } from '@jest/globals';
import {
  aCancelRequested,
  aWorkflowCompleted,
  aWorkflowStarted,
  aWorkflowTerminated,
} from '../../../testing/src/builders/event-builders.contract.js';
import { fold } from '../execution/evolve.js';
import type { ExecutionEvent } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { decideCancel, decideTerminate } from './decide-end.js';

const after = (...events: readonly ExecutionEvent[]): ExecutionState =>
  fold(events.map((event) => ({ event, timestamp: 0 })));

const workflowId = 'order-1';
const started = aWorkflowStarted({ runId: 'run-1' });
const open = after(started);
const closed = after(started, aWorkflowCompleted());

describe.each([
  ['decideCancel', decideCancel, aCancelRequested],
  ['decideTerminate', decideTerminate, aWorkflowTerminated],
] as const)('%s', (_, decide, event) => {
  it('is recorded with its reason, where there is one', () => {
    expect(decide(open, { workflowId })).toEqual({ accepted: [event()], answer: undefined });
    expect(decide(open, { workflowId, runId: 'run-1', reason: 'asked to' })).toEqual({
      accepted: [event({ reason: 'asked to' })],
      answer: undefined,
    });
  });

  it('is refused where there is no execution, no such run, or none that is open', () => {
    expect(decide(after(), { workflowId })).toMatchObject({ refused: { code: 'EXECUTION_NOT_FOUND' } });
    expect(decide(closed, { workflowId })).toMatchObject({
      refused: { code: 'EXECUTION_CLOSED', details: { runId: 'run-1' } },
    });
    expect(decide(open, { workflowId, runId: 'run-0' })).toMatchObject({
      refused: { code: 'EXECUTION_CLOSED', details: { runId: 'run-0' } },
    });
  });
});

describe('decideCancel', () => {
  it('changes nothing when it is asked again', () => {
    expect(decideCancel(after(started, aCancelRequested()), { workflowId })).toEqual({
      accepted: [],
      answer: undefined,
    });
  });
});

describe('decideTerminate', () => {
  it('ends a run that is being cancelled already', () => {
    expect(decideTerminate(after(started, aCancelRequested()), { workflowId })).toMatchObject({
      accepted: [aWorkflowTerminated()],
    });
  });
});

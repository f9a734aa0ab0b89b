import { describe, expect, it } from '@jest/globals';
import { fold } from '../execution/evolve.js';
import { absent, type ExecutionState } from '../execution/state.js';
import type { ExecutionEvent } from '../execution/events.js';
import { decideSignalWithStart } from './decide-signal-with-start.js';

const start = { workflowId: 'order-1', runId: 'run-1', workflowType: 'order', input: null, now: 0 };
const completed = { type: 'WorkflowCompleted', version: 1, result: null } as const;

function after(...events: readonly ExecutionEvent[]): ExecutionState {
  return fold(events.map((event) => ({ event, timestamp: 1 })));
}

function accepted(verdict: ReturnType<typeof decideSignalWithStart>): readonly ExecutionEvent[] {
  if ('refused' in verdict) throw verdict.refused;
  return verdict.accepted;
}

describe('a signal with start', () => {
  const first = accepted(decideSignalWithStart(absent, { ...start, requestId: 'r1' }, { name: 'go', payload: 1 }));

  it('begins the run and has its signal in the same append', () => {
    expect(first.map(({ type }) => type)).toEqual(['WorkflowStarted', 'SignalReceived']);
  });

  it('does nothing when it is repeated, while the run is open and after it has closed', () => {
    const again = { ...start, runId: 'run-2', requestId: 'r1' };
    expect(accepted(decideSignalWithStart(after(...first), again, { name: 'go', payload: 1 }))).toEqual([]);
    expect(accepted(decideSignalWithStart(after(...first, completed), again, { name: 'go', payload: 1 }))).toEqual([]);
  });

  it('is refused when its start is a repeat and its signal comes after the close', () => {
    const late = { name: 'go', payload: 2, requestId: 's2' };
    const verdict = decideSignalWithStart(after(...first, completed), { ...start, requestId: 'r1' }, late);
    expect(verdict).toMatchObject({ refused: { code: 'EXECUTION_CLOSED' } });
  });

  it('signals the run that is open, and begins another after it has closed', () => {
    const other = { ...start, runId: 'run-2' };
    const beside = accepted(decideSignalWithStart(after(...first), other, { name: 'go', payload: 2, requestId: 's2' }));
    expect(beside.map(({ type }) => type)).toEqual(['SignalReceived']);
    const next = accepted(decideSignalWithStart(after(...first, completed), other, { name: 'go', payload: 2 }));
    expect(next.map(({ type }) => type)).toEqual(['WorkflowStarted', 'SignalReceived']);
  });
});

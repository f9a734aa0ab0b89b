import { describe, expect, it } from '@jest/globals';
import type { ExecutionEvent } from '@fermata/kernel';
import {
  aFailure,
  aStart,
  LogBuilder,
  runIdOf,
  started,
  streamOf,
} from '../read-model/read-model-builders.contract.js';
import { traceOf, type Span } from './trace.js';

const order = streamOf('order-1');

/** The trace of a run to which these things happened, each so many milliseconds after its start. */
function traceAfter(...happened: readonly (readonly [number, ExecutionEvent])[]): readonly Span[] {
  const log = new LogBuilder().add(order, started, aStart());
  for (const [ms, event] of happened) log.add(order, started + ms, event);
  return traceOf(log.events);
}

const iso = (ms: number): string => new Date(started + ms).toISOString();

const scheduled = (stepId: number, name = 'charge'): ExecutionEvent => ({
  type: 'StepScheduled',
  version: 1,
  stepId,
  name,
});
const completed: ExecutionEvent = { type: 'WorkflowCompleted', version: 1, result: null };
const awaited: ExecutionEvent = { type: 'SignalAwaited', version: 1, waitId: 0, name: 'approval' };
const received: ExecutionEvent = { type: 'SignalReceived', version: 1, name: 'approval', payload: null };

/** Kind, name and status of all spans but the run's. */
const outline = (spans: readonly Span[]): string[] =>
  spans.slice(1).map(({ kind, name, status }) => `${kind} ${name} ${status}`);

describe('traceOf', () => {
  it('begins with the run', () => {
    const [run, ...others] = traceAfter([30, completed]);
    expect(others).toEqual([]);
    expect(run).toEqual({
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'checkout',
      kind: 'run',
      startedAt: iso(0),
      endedAt: iso(30),
      status: 'ok',
      attributes: { runId: runIdOf(1), workflowType: 'checkout', status: 'completed' },
    });
  });

  it('has a step with each attempt as a child', () => {
    const nextAttemptAt = started + 600;
    const spans = traceAfter(
      [10, scheduled(0)],
      [
        100,
        {
          type: 'StepAttemptFailed',
          version: 1,
          stepId: 0,
          attempt: 1,
          failure: aFailure,
          durationMs: 80,
          nextAttemptAt,
        },
      ],
      [650, { type: 'StepSucceeded', version: 1, stepId: 0, attempt: 2, result: 1, durationMs: 40 }],
    );
    const [run, step, first, second] = spans;
    expect(spans).toHaveLength(4);
    expect(step).toMatchObject({ kind: 'step', name: 'charge', parentSpanId: run?.spanId, status: 'ok' });
    expect(step).toMatchObject({ startedAt: iso(10), endedAt: iso(650), attributes: { stepId: 0 } });
    expect(first).toMatchObject({ kind: 'attempt', name: 'charge', parentSpanId: step?.spanId, status: 'failed' });
    expect(first).toMatchObject({ startedAt: iso(20), endedAt: iso(100) });
    expect(first?.attributes).toEqual({ stepId: 0, attempt: 1, error: aFailure.message });
    expect(second).toMatchObject({ parentSpanId: step?.spanId, status: 'ok', startedAt: iso(610), endedAt: iso(650) });
  });

  it('shows failed, cancelled and open steps, and which step one undoes', () => {
    const spans = traceAfter(
      [1, scheduled(0, 'a')],
      [1, scheduled(1, 'b')],
      [1, { type: 'StepScheduled', version: 1, stepId: 2, name: 'c', compensates: 7 }],
      [5, { type: 'StepFailed', version: 1, stepId: 0, attempt: 1, failure: aFailure, durationMs: 1 }],
      [6, { type: 'StepCancelled', version: 1, stepId: 1 }],
      // A second outcome is of no effect.
      [7, { type: 'StepSucceeded', version: 1, stepId: 1, attempt: 1, result: 1, durationMs: 1 }],
    );
    expect(outline(spans)).toEqual(['step a failed', 'step b cancelled', 'step c open', 'attempt a failed']);
    expect(spans[3]?.attributes).toEqual({ stepId: 2, compensates: 7 });
    expect(spans[3]).not.toHaveProperty('endedAt');
    expect(spans[0]).toMatchObject({ status: 'open', attributes: { status: 'running' } });
  });

  it('has timers', () => {
    const spans = traceAfter(
      [0, { type: 'TimerStarted', version: 1, timerId: 0, dueAt: started + 50 }],
      [0, { type: 'TimerStarted', version: 1, timerId: 1, dueAt: started + 99 }],
      [52, { type: 'TimerFired', version: 1, timerId: 0 }],
      [60, { type: 'TimerCancelled', version: 1, timerId: 1 }],
    );
    expect(outline(spans)).toEqual(['timer timer ok', 'timer timer cancelled']);
    expect(spans[1]).toMatchObject({ startedAt: iso(0), endedAt: iso(52), attributes: { timerId: 0, dueAt: iso(50) } });
  });

  it('shows a signal as the wait for it, or as a point when nobody waited', () => {
    const spans = traceAfter([5, received], [10, awaited], [90, received]);
    expect(outline(spans)).toEqual(['signal approval ok', 'signal approval ok']);
    expect(spans[1]).toMatchObject({ startedAt: iso(5), endedAt: iso(5) });
    expect(spans[2]).toMatchObject({ startedAt: iso(10), endedAt: iso(90), attributes: { waitId: 0 } });
  });

  it('shows that a wait ran out of time', () => {
    const limit: ExecutionEvent = { type: 'TimerStarted', version: 1, timerId: 0, dueAt: started + 50, waitId: 0 };
    const fired: ExecutionEvent = { type: 'TimerFired', version: 1, timerId: 0 };
    const cancelled: ExecutionEvent = { type: 'TimerCancelled', version: 1, timerId: 0 };
    expect(outline(traceAfter([0, awaited], [0, limit], [50, fired]))).toEqual([
      'signal approval timed-out',
      'timer timer ok',
    ]);
    expect(outline(traceAfter([0, awaited], [0, limit], [9, received], [9, cancelled]))).toEqual([
      'signal approval ok',
      'timer timer cancelled',
    ]);
  });

  it('ends what is open with the run, and ignores what comes later', () => {
    const terminated: ExecutionEvent = { type: 'WorkflowTerminated', version: 1, reason: 'no longer needed' };
    const spans = traceAfter([1, scheduled(0)], [2, awaited], [40, terminated], [50, scheduled(1)]);
    expect(outline(spans)).toEqual(['step charge cancelled', 'signal approval cancelled']);
    expect(spans.map(({ endedAt }) => endedAt)).toEqual([iso(40), iso(40), iso(40)]);
    expect(spans[0]).toMatchObject({
      status: 'cancelled',
      attributes: { status: 'terminated', error: 'no longer needed' },
    });
  });

  it('shows that a run is stuck, until it goes on', () => {
    const stuck: ExecutionEvent = { type: 'WorkflowStuck', version: 1, failure: aFailure };
    expect(traceAfter([1, stuck])[0]?.attributes).toMatchObject({ status: 'stuck', error: aFailure.message });
    const [run] = traceAfter([1, stuck], [2, { type: 'WorkflowUnstuck', version: 1 }]);
    expect(run?.attributes).toEqual({ runId: runIdOf(1), workflowType: 'checkout', status: 'running' });
  });

  it('gives every span an ID of its own, the same each time, other ones for another run', () => {
    const happened = [
      [1, scheduled(0)],
      [1, awaited],
      [3, { type: 'StepSucceeded', version: 1, stepId: 0, attempt: 1, result: 1, durationMs: 1 }],
      [3, received],
      [4, received],
    ] as const;
    const ids = traceAfter(...happened).map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(5);
    expect(traceAfter(...happened).map(({ spanId }) => spanId)).toEqual(ids);
    const other = traceOf(new LogBuilder().add(order, started, aStart({ runId: runIdOf(2) })).events);
    expect(ids).not.toContain(other[0]?.spanId);
  });

  it('is that of one run, and empty without its start', () => {
    const log = new LogBuilder().add(order, started, aStart(), scheduled(0), completed, aStart({ runId: runIdOf(2) }));
    expect(outline(traceOf(log.events))).toEqual(['step charge cancelled']);
    expect(traceOf(log.events.slice(1, 3))).toEqual([]);
    expect(traceOf([])).toEqual([]);
  });
});

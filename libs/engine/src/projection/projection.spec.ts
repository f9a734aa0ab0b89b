import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionEvent } from '@fermata/kernel';
import {
  aFailure,
  aStart,
  LogBuilder,
  runIdOf,
  started,
  streamOf,
} from '../read-model/read-model-builders.contract.js';
import type { StoredRun } from './projected-run.js';
import { Projection } from './projection.js';
import type { RunChange } from './run-change.js';

const order = streamOf('order-1');
const scheduled = (stepId: number): ExecutionEvent => ({ type: 'StepScheduled', version: 1, stepId, name: 'charge' });
const succeeded = (stepId: number): ExecutionEvent => ({
  type: 'StepSucceeded',
  version: 1,
  stepId,
  attempt: 1,
  result: 1,
  durationMs: 1,
});
const completed: ExecutionEvent = { type: 'WorkflowCompleted', version: 1, result: null };

describe('Projection', () => {
  let projection: Projection;
  let log: LogBuilder;

  beforeEach(() => {
    projection = new Projection();
    log = new LogBuilder();
  });

  /** The changes of one batch, told as `kind status, ended, waits written`. */
  function changesAfter(stream: string, ...events: readonly ExecutionEvent[]): string[] {
    const from = log.events.length;
    log.add(stream, started, ...events);
    return projection.project(log.events.slice(from)).map(told);
  }

  it('writes one row for a run that begins and ends within a batch', () => {
    expect(changesAfter(order, aStart(), scheduled(0), succeeded(0), scheduled(1), succeeded(1), completed)).toEqual([
      'inserted completed, ended [], waits []',
    ]);
  });

  it('writes nothing for a step that is scheduled and ends within a batch, but where the run is now', () => {
    changesAfter(order, aStart(), scheduled(0));
    expect(changesAfter(order, scheduled(1), succeeded(1))).toEqual(['touched running, ended [], waits []']);
  });

  it('deletes the waits that the tables hold, and only those', () => {
    expect(changesAfter(order, aStart(), scheduled(0), scheduled(1))).toEqual([
      'inserted running, ended [], waits [step 0,step 1]',
    ]);
    expect(changesAfter(order, succeeded(0), scheduled(2))).toEqual([
      'touched running, ended [step 0], waits [step 2]',
    ]);
    expect(changesAfter(order, succeeded(2), completed)).toEqual(['updated completed, ended all, waits []']);
  });

  it('writes a wait again when it has changed', () => {
    changesAfter(order, aStart(), scheduled(0), scheduled(1));
    const failed = { attempt: 1, failure: aFailure, durationMs: 1, nextAttemptAt: started + 9 };
    expect(changesAfter(order, { type: 'StepAttemptFailed', version: 1, stepId: 1, ...failed })).toEqual([
      'touched running, ended [], waits [step 1]',
    ]);
  });

  it('writes all waits of a run that gets stuck, since they are no longer due', () => {
    changesAfter(order, aStart(), scheduled(0), scheduled(1));
    expect(changesAfter(order, { type: 'WorkflowStuck', version: 1, failure: aFailure })).toEqual([
      'updated stuck, ended [], waits [step 0,step 1]',
    ]);
  });

  it('keeps two runs of one stream apart, in the order of their starts', () => {
    changesAfter(order, aStart(), scheduled(0));
    expect(changesAfter(order, completed, aStart({ runId: runIdOf(2) }), scheduled(0))).toEqual([
      'updated completed, ended all, waits []',
      'inserted running, ended [], waits [step 0]',
    ]);
  });

  it('asks only for runs that it doesn’t know', () => {
    const other = streamOf('order-2');
    log.add(order, started, aStart(), scheduled(0)).add(other, started, aStart());
    expect([...projection.missing(log.events)]).toEqual([]);
    projection.project(log.events);
    expect([...projection.missing(log.events.slice(1))]).toEqual([]);
    projection.forget();
    expect([...projection.missing(log.events.slice(1))]).toEqual([order]);
    projection.know(order, undefined);
    expect([...projection.missing(log.events.slice(1))]).toEqual([]);
  });

  it('goes on from what the tables hold', () => {
    log.add(order, started, aStart(), scheduled(0), succeeded(0), completed);
    projection.know(order, storedRun());
    expect(projection.project(log.events.slice(2, 3)).map(told)).toEqual(['touched running, ended [step 0], waits []']);
    expect(projection.project(log.events.slice(3)).map(told)).toEqual(['updated completed, ended [], waits []']);
  });

  it('keeps no closed runs, and of the open ones those that were busy last', () => {
    projection = new Projection(4);
    const streams = ['a', 'b', 'c', 'd'].map((id) => streamOf(id));
    const [a = '', b = '', c = '', d = ''] = streams;
    changesAfter(a, aStart());
    changesAfter(b, aStart(), completed);
    changesAfter(c, aStart());
    changesAfter(d, aStart());
    changesAfter(a, scheduled(0));
    // Four rows: a and its step, c, d. One more, and the one that rested longest goes.
    changesAfter(d, scheduled(0));
    const touching = streams.flatMap((stream) => new LogBuilder().add(stream, started, scheduled(9)).events);
    expect([...projection.missing(touching)]).toEqual([b, c]);
  });

  function storedRun(): StoredRun {
    const { projection: fresh, events } = { projection: new Projection(), events: log.events.slice(0, 2) };
    const [change] = fresh.project(events);
    if (!change) throw new Error('no change');
    return { startPosition: change.startPosition, row: change.row, waits: change.waits };
  }
});

function told({ kind, row, ended, waits }: RunChange): string {
  const list = (keys: RunChange['waits'] | Exclude<RunChange['ended'], 'all'>): string =>
    `[${keys.map((key) => `${key.kind} ${key.id}`).join()}]`;
  return `${kind} ${row.status}, ended ${ended === 'all' ? 'all' : list(ended)}, waits ${list(waits)}`;
}

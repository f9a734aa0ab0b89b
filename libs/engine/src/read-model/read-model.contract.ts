import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fold, type EpochMs, type ExecutionEvent, type ExecutionState, type StepAttemptFailed } from '@fermata/kernel';
import fc from 'fast-check';
import { fromStoredEvent } from '../executions/history-event.js';
import type { StoredEvent } from '../event-store/event-store.js';
import { aFailure, aStart, LogBuilder, runIdOf, started, streamOf } from './read-model-builders.contract.js';
import { aFilter, holdsFor, written } from './read-model-filters.contract.js';
import { aLog } from './read-model-histories.contract.js';
import {
  lastErrorCharsMax,
  type ExecutionPage,
  type ExecutionRow,
  type ListOptions,
  type ReadModel,
  type WaitRow,
} from './read-model.js';

/** What every adapter of the port promises. Uses jest, so it has an entry of its own: `@fermata/engine/read-model.contract`. */
export function describeReadModel(name: string, open: () => Promise<ReadModel>): void {
  describe(`${name} as a read model`, () => {
    const order = streamOf('order-1');
    const runId = runIdOf(1);
    let readModel: ReadModel;
    let log: LogBuilder;

    beforeEach(async () => {
      readModel = await open();
      log = new LogBuilder();
    });
    afterEach(() => readModel.close());

    /** What `order` waits for after these events, as `kind id`. */
    async function waitsAfter(...events: readonly ExecutionEvent[]): Promise<string[]> {
      await log.add(order, started, ...events).applyTo(readModel);
      return (await readModel.waits(order, runId)).map(({ kind, id }) => `${kind} ${id}`);
    }

    const dueUntil = async (until: EpochMs): Promise<string[]> =>
      (await readModel.due({ until, limit: 100 })).map(({ stream, kind, id }) => `${stream} ${kind} ${id}`);

    describe('executions', () => {
      it('knows nothing at first', async () => {
        expect(await readModel.checkpoint()).toBe(0);
        expect(await readModel.find(order)).toBeUndefined();
        expect(await readModel.list({ namespace: 'default' })).toEqual({ items: [] });
        expect(await readModel.waits(order, runId)).toEqual([]);
        expect(await readModel.due({ until: Number.MAX_SAFE_INTEGER, limit: 10 })).toEqual([]);
      });

      it('has a row for a run that has begun', async () => {
        await log.add(order, started, aStart({ buildId: 'build-7' })).applyTo(readModel);
        expect(await readModel.find(order)).toEqual({
          stream: order,
          namespace: 'default',
          workflowId: 'order-1',
          runId,
          workflowType: 'checkout',
          status: 'running',
          startedAt: started,
          firstRevision: 0,
          lastRevision: 0,
          buildId: 'build-7',
        });
      });

      it.each([
        ['completed', { type: 'WorkflowCompleted', version: 1, result: null }],
        ['failed', { type: 'WorkflowFailed', version: 1, failure: aFailure }],
        ['cancelled', { type: 'WorkflowCancelled', version: 1, failure: aFailure }],
        ['terminated', { type: 'WorkflowTerminated', version: 1 }],
      ] as const)('shows a run as %s with the time of its end', async (status, closing) => {
        await log.add(order, started, aStart()).applyTo(readModel);
        await log.add(order, started + 90, closing).applyTo(readModel);
        const closed = { status, closedAt: started + 90, firstRevision: 0, lastRevision: 1 };
        expect(await readModel.find(order)).toMatchObject(closed);
      });

      it('keeps the runs of one execution apart, and finds the newest by default', async () => {
        const second = runIdOf(2);
        log.add(order, started, aStart(), { type: 'WorkflowCompleted', version: 1, result: null });
        log.add(order, started + 5, aStart({ runId: second, workflowType: 'trip' }), aStepScheduled(0));
        await log.applyTo(readModel);
        expect(await readModel.find(order)).toMatchObject({ runId: second, status: 'running', firstRevision: 2 });
        expect(await readModel.find(order, runId)).toMatchObject({ status: 'completed', lastRevision: 1 });
        expect(await readModel.waits(order, runId)).toEqual([]);
        expect(await readModel.waits(order, second)).toHaveLength(1);
        expect(await readModel.find(order, runIdOf(3))).toBeUndefined();
      });

      it('counts what comes after the close to the run, without any effect', async () => {
        log.add(order, started, aStart(), { type: 'WorkflowTerminated', version: 1 });
        await log.add(order, started + 1, aStepScheduled(0)).applyTo(readModel);
        await log.add(order, started + 2, { type: 'WorkflowStuck', version: 1, failure: aFailure }).applyTo(readModel);
        expect(await readModel.find(order)).toMatchObject({ status: 'terminated', closedAt: started, lastRevision: 3 });
        expect(await readModel.waits(order, runId)).toEqual([]);
      });

      it('skips types and versions that it doesn’t know, streams of others, and runs without a start', async () => {
        log.add(order, started, aStart());
        log.addRaw(order, started, { type: 'SomethingNew', version: 1, data: {} });
        log.addRaw(order, started, { type: 'StepScheduled', version: 99, data: { id: 'step' } });
        log.addRaw('node-heartbeats', started, { type: 'NodeSeen', version: 1, data: {} });
        log.add('not an execution', started, aStart({ runId: runIdOf(2) }), aStepScheduled(0));
        log.add(streamOf('order-2'), started, aStepScheduled(0));
        await log.applyTo(readModel);
        expect(await readModel.checkpoint()).toBe(log.head);
        expect(await tablesOf(readModel)).toMatchObject({
          executions: [{ stream: order, lastRevision: 0 }],
          waits: [],
        });
      });

      it('keeps run IDs that are no UUIDs, and names in any script', async () => {
        const stream = streamOf('заказ 𝄐 "1"');
        await log.add(stream, started, aStart({ runId: 'run one', workflowType: 'paiement reçu' })).applyTo(readModel);
        expect(await readModel.find(stream, 'run one')).toMatchObject({
          workflowId: 'заказ 𝄐 "1"',
          workflowType: 'paiement reçu',
        });
      });
    });

    describe('waits', () => {
      beforeEach(() => void log.add(order, started, aStart()));

      it('has a step from when it is scheduled until it has an outcome', async () => {
        await log.add(order, started + 7, aStepScheduled(0)).applyTo(readModel);
        const address = { stream: order, runId };
        const step = { ...address, kind: 'step', id: 0, name: 'charge', since: started + 7 };
        expect(await readModel.waits(order, runId)).toEqual([{ ...step, dueAt: started + 7, attempt: 1 }]);
        await log.add(order, started + 9, anAttemptFailed(0, 1, started + 500)).applyTo(readModel);
        expect(await readModel.waits(order, runId)).toEqual([
          { ...step, dueAt: started + 500, attempt: 2, lastError: aFailure.message },
        ]);
        expect(await waitsAfter(aStepSucceeded(0, 2))).toEqual([]);
      });

      it('ignores a late report of an attempt that no longer counts', async () => {
        await waitsAfter(aStepScheduled(0), anAttemptFailed(0, 1, started + 500));
        await waitsAfter(anAttemptFailed(0, 1, started + 900));
        expect(await readModel.waits(order, runId)).toMatchObject([{ attempt: 2, dueAt: started + 500 }]);
      });

      it('shortens a long error text', async () => {
        const failure = { type: 'Error', message: 'x'.repeat(10_000) };
        await waitsAfter(aStepScheduled(0), { ...anAttemptFailed(0, 1, started), failure });
        expect((await readModel.waits(order, runId))[0]?.lastError).toBe('x'.repeat(lastErrorCharsMax));
      });

      it('ends a step that failed for good or was cancelled', async () => {
        expect(await waitsAfter(aStepScheduled(0), aStepScheduled(1), aStepScheduled(2))).toHaveLength(3);
        const failed = {
          type: 'StepFailed',
          version: 1,
          stepId: 1,
          attempt: 1,
          failure: aFailure,
          durationMs: 1,
        } as const;
        expect(await waitsAfter(failed, { type: 'StepCancelled', version: 1, stepId: 0 })).toEqual(['step 2']);
      });

      it('ends a timer that fired or was cancelled', async () => {
        await log.add(order, started, aTimerStarted(0, started + 5), aTimerStarted(1, started + 6)).applyTo(readModel);
        expect(await readModel.waits(order, runId)).toMatchObject([
          { kind: 'timer', id: 0, name: '', dueAt: started + 5 },
          { kind: 'timer', id: 1, name: '', dueAt: started + 6 },
        ]);
        expect(await waitsAfter({ type: 'TimerFired', version: 1, timerId: 0 })).toEqual(['timer 1']);
        expect(await waitsAfter({ type: 'TimerCancelled', version: 1, timerId: 1 })).toEqual([]);
      });

      it('gives a signal to the oldest wait of its name', async () => {
        await waitsAfter(aSignalAwaited(0, 'stop'), aSignalAwaited(1), aSignalAwaited(2));
        expect(await waitsAfter(aSignal('approval'))).toEqual(['signal 0', 'signal 2']);
        expect(await waitsAfter(aSignal('unheard of'))).toEqual(['signal 0', 'signal 2']);
        expect(await waitsAfter(aSignal('stop'), aSignal('approval'), aSignal('approval'))).toEqual([]);
      });

      it('ends a limited signal wait when its timer fires, and its timer when the signal came', async () => {
        await waitsAfter(
          aSignalAwaited(0),
          aTimerStarted(0, started + 50, 0),
          aSignalAwaited(1),
          aTimerStarted(1, started + 60, 1),
        );
        expect(await readModel.waits(order, runId)).toContainEqual(
          expect.objectContaining({ kind: 'timer', id: 1, limits: 1 }),
        );
        expect(await waitsAfter({ type: 'TimerFired', version: 1, timerId: 0 })).toEqual(['timer 1', 'signal 1']);
        expect(await waitsAfter(aSignal('approval'), { type: 'TimerCancelled', version: 1, timerId: 1 })).toEqual([]);
      });

      it('ends waits that the code gave up, for signals and for conditions', async () => {
        await waitsAfter(aSignalAwaited(0), { type: 'ConditionAwaited', version: 1, waitId: 1 });
        expect(await waitsAfter({ type: 'WaitEnded', version: 1, waitId: 0 })).toEqual(['condition 1']);
        expect(await waitsAfter({ type: 'WaitEnded', version: 1, waitId: 1 })).toEqual([]);
      });

      it('ends all with the run', async () => {
        await waitsAfter(aStepScheduled(0), aTimerStarted(0, started), aSignalAwaited(0));
        expect(await waitsAfter({ type: 'WorkflowTerminated', version: 1 })).toEqual([]);
        expect(await dueUntil(Number.MAX_SAFE_INTEGER)).toEqual([]);
      });

      it('lists them oldest first', async () => {
        log.add(order, started + 2, aTimerStarted(0, started + 900));
        await log
          .add(order, started + 1, aSignalAwaited(0))
          .add(order, started + 3, aStepScheduled(0))
          .applyTo(readModel);
        const kinds = (await readModel.waits(order, runId)).map(({ kind }) => kind);
        expect(kinds).toEqual(['signal', 'timer', 'step']);
      });
    });

    describe('due', () => {
      const other = streamOf('order-2', 'staging');

      beforeEach(() => void log.add(order, started, aStart()).add(other, started, aStart({ runId: runIdOf(2) })));

      it('has what is due until then, soonest first, over all namespaces', async () => {
        log.add(order, started, aTimerStarted(0, started + 30), aTimerStarted(1, started + 10), aSignalAwaited(0));
        await log.add(other, started + 20, aStepScheduled(0)).applyTo(readModel);
        expect(await dueUntil(started + 9)).toEqual([]);
        expect(await dueUntil(started + 20)).toEqual([`${order} timer 1`, `${other} step 0`]);
        expect(await dueUntil(started + 30)).toEqual([`${order} timer 1`, `${other} step 0`, `${order} timer 0`]);
      });

      it('leaves out runs that are stuck, until they go on', async () => {
        log.add(order, started, aTimerStarted(0, started), { type: 'WorkflowStuck', version: 1, failure: aFailure });
        await log.add(other, started, aTimerStarted(0, started)).applyTo(readModel);
        expect(await dueUntil(started)).toEqual([`${other} timer 0`]);
        expect(await readModel.find(order)).toMatchObject({ status: 'stuck' });
        expect(await readModel.waits(order, runId)).toHaveLength(1);
        await log.add(order, started, { type: 'WorkflowUnstuck', version: 1 }).applyTo(readModel);
        expect(await dueUntil(started)).toEqual([`${order} timer 0`, `${other} timer 0`]);
      });

      it('pages through waits that are due at the same time', async () => {
        const timers = Array.from({ length: 7 }, (_, id) => aTimerStarted(id, started + (id < 5 ? 1 : 2)));
        await log
          .add(order, started, ...timers)
          .add(other, started, ...timers)
          .applyTo(readModel);
        const all = await readModel.due({ until: started + 5, limit: 100 });
        const paged: WaitRow[] = [];
        for (;;) {
          const after = paged.at(-1);
          const page = await readModel.due({ until: started + 5, limit: 3, ...(after && { after }) });
          if (page.length === 0) break;
          paged.push(...page);
        }
        expect(all).toHaveLength(14);
        expect(paged).toEqual(all);
      });
    });

    describe('apply', () => {
      it('moves the checkpoint to the last event', async () => {
        await log.add(order, started, aStart(), aStepScheduled(0)).applyTo(readModel);
        expect(await readModel.checkpoint()).toBe(log.head);
        await readModel.apply([], log.head);
        expect(await readModel.checkpoint()).toBe(log.head);
      });

      it('skips events at or before the checkpoint', async () => {
        await log.add(order, started, aStart(), aStepScheduled(0)).applyTo(readModel);
        log.add(order, started, anAttemptFailed(0, 1, started + 5));
        await readModel.apply(log.events, 0);
        await readModel.apply(log.events.slice(0, 2), 0);
        expect(await readModel.checkpoint()).toBe(log.head);
        expect(await readModel.waits(order, runId)).toMatchObject([{ attempt: 2 }]);
      });

      it('refuses events that leave others out', async () => {
        await log.add(order, started, aStart()).applyTo(readModel);
        const lost = log.head;
        log.add(order, started, { type: 'WorkflowTerminated', version: 1 });
        const applied = readModel.apply(log.events.slice(-1), lost + 1);
        await expect(applied).rejects.toMatchObject({ code: 'READ_MODEL_LAGS' });
        expect(await readModel.checkpoint()).toBe(lost);
        expect(await readModel.find(order)).toMatchObject({ status: 'running' });
      });

      it('applies all or nothing, and goes on after a failure', async () => {
        const other = streamOf('order-2');
        await log.add(order, started, aStart(), aStepScheduled(0)).applyTo(readModel);
        const before = await tablesOf(readModel);
        const head = log.head;
        log
          .add(order, started, aStepSucceeded(0), aStepScheduled(1))
          .add(other, started, aStart({ runId: runIdOf(2) }));
        const spoilt = { type: 'StepScheduled', version: 1, data: { stepId: 1 } };
        const batch = [...log.events, ...new LogBuilder(log.head + 3).addRaw(other, started, spoilt).events];
        await expect(readModel.apply(batch, 0)).rejects.toThrow();
        expect(await readModel.checkpoint()).toBe(head);
        expect(await tablesOf(readModel)).toEqual(before);
        expect(await waitsAfter()).toEqual(['step 1']);
        expect(await readModel.find(other)).toMatchObject({ runId: runIdOf(2) });
      });

      it('gives the same tables for the same events, however they are cut into batches', async () => {
        const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
        await fc.assert(
          fc.asyncProperty(aLog, cuts, async (events, sizes) => {
            const atOnce = await appliedAfresh(readModel, [events]);
            expect(
              await appliedAfresh(
                readModel,
                events.map((event) => [event]),
              ),
            ).toEqual(atOnce);
            expect(await appliedAfresh(readModel, cut(events, sizes))).toEqual(atOnce);
          }),
          { numRuns: 60 },
        );
      });

      it('agrees with what the kernel makes of the same history', async () => {
        await fc.assert(
          fc.asyncProperty(aLog, async (events) => {
            const { executions, waits } = await appliedAfresh(readModel, [events]);
            for (const stream of new Set(events.map((event) => event.stream))) {
              const state = fold(events.filter((event) => event.stream === stream).map(fromStoredEvent));
              const newest = executions.filter((row) => row.stream === stream).reduce(later);
              expect(summaryOf(newest, waits)).toEqual(expectedOf(state));
            }
          }),
          { numRuns: 100 },
        );
      });
    });

    describe('reset', () => {
      it('empties the tables, and the same log fills them as before', async () => {
        log.add(order, started, aStart(), aStepScheduled(0), aSignalAwaited(0));
        await log.add(streamOf('order-2'), started, aStart({ runId: runIdOf(2) })).applyTo(readModel);
        const before = await tablesOf(readModel);
        await readModel.reset();
        expect(await readModel.checkpoint()).toBe(0);
        expect(await tablesOf(readModel)).toEqual({ executions: [], waits: [], due: [] });
        await log.applyTo(readModel);
        expect(await tablesOf(readModel)).toEqual(before);
      });
    });

    describe('list', () => {
      /** Runs that begin at these milliseconds, in this order in the log. */
      function addRuns(...startedAt: readonly number[]): void {
        for (const [number, at] of startedAt.entries()) {
          log.add(streamOf(`order-${number}`), started + at, aStart({ runId: runIdOf(number) }));
        }
      }

      const idsOf = ({ items }: ExecutionPage): string[] =>
        items.map(({ workflowId }) => workflowId.replace('order-', ''));

      it('orders by the time of the start, and by the log within a millisecond', async () => {
        addRuns(5, 1, 9, 5);
        await log.applyTo(readModel);
        expect(idsOf(await readModel.list({ namespace: 'default' }))).toEqual(['2', '3', '0', '1']);
        expect(idsOf(await readModel.list({ namespace: 'default', order: 'oldest' }))).toEqual(['1', '0', '3', '2']);
      });

      it('shows one namespace', async () => {
        log.add(streamOf('a', 'staging'), started, aStart()).add(streamOf('b'), started, aStart({ runId: runIdOf(2) }));
        await log.applyTo(readModel);
        expect((await readModel.list({ namespace: 'staging' })).items.map(({ workflowId }) => workflowId)).toEqual([
          'a',
        ]);
        expect((await readModel.list({ namespace: 'elsewhere' })).items).toEqual([]);
      });

      it.each(['newest', 'oldest'] as const)('pages without gaps and repeats, %s first', async (order) => {
        addRuns(...Array.from({ length: 23 }, (_, number) => (number * 7) % 10));
        await log.applyTo(readModel);
        const whole = idsOf(await readModel.list({ namespace: 'default', order, limit: 1_000 }));
        expect(whole).toHaveLength(23);
        expect(await pagedIds({ namespace: 'default', order, limit: 4 })).toEqual(whole);
        expect((await readModel.list({ namespace: 'default', order, limit: 23 })).nextCursor).toBeUndefined();
      });

      it('keeps its place while runs begin and end', async () => {
        addRuns(0, 1, 2, 3, 4, 5, 6, 7);
        await log.applyTo(readModel);
        let added = 100;
        const ids = await pagedIds({ namespace: 'default', limit: 3 }, async () => {
          log.add(streamOf(`order-${added}`), started + added, aStart({ runId: runIdOf(added) }));
          log.add(streamOf('order-2'), started + added++, { type: 'WorkflowTerminated', version: 1 });
          await log.applyTo(readModel);
        });
        expect(ids).toEqual(['7', '6', '5', '4', '3', '2', '1', '0']);
      });

      it('gives what the filter holds for, and nothing else', async () => {
        await fc.assert(
          fc.asyncProperty(aLog, fc.array(aFilter, { minLength: 1, maxLength: 8 }), async (events, filters) => {
            const { executions } = await appliedAfresh(readModel, [events]);
            const rows = executions.filter(({ namespace }) => namespace === 'default');
            for (const filter of filters) {
              const options = { namespace: 'default', filter: written(filter), limit: 1_000 };
              expect((await readModel.list(options)).items).toEqual(rows.filter((row) => holdsFor(filter, row)));
            }
          }),
          { numRuns: 60 },
        );
      });

      it.each([
        ['=', ['2']],
        ['!=', ['4', '3', '1', '0']],
        ['<', ['1', '0']],
        ['<=', ['2', '1', '0']],
        ['>', ['4', '3']],
        ['>=', ['4', '3', '2']],
      ])('bounds the start by %s', async (comparator, ids) => {
        addRuns(0, 1, 2, 3, 4);
        await log.applyTo(readModel);
        const filter = `startedAt ${comparator} "${new Date(started + 2).toISOString()}"`;
        expect(idsOf(await readModel.list({ namespace: 'default', filter }))).toEqual(ids);
        const oldest = await readModel.list({ namespace: 'default', filter, order: 'oldest' });
        expect(idsOf(oldest)).toEqual([...ids].reverse());
      });

      it('pages through a filtered list', async () => {
        addRuns(...Array.from({ length: 20 }, (_, number) => number % 4));
        for (const number of [3, 4, 8, 15, 19]) {
          log.add(streamOf(`order-${number}`), started + 50, { type: 'WorkflowFailed', version: 1, failure: aFailure });
        }
        await log.applyTo(readModel);
        const filter = 'workflowType in ("checkout", "trip") and status in ("failed", "stuck")';
        expect(await pagedIds({ namespace: 'default', filter, limit: 2 })).toEqual(['19', '15', '3', '8', '4']);
      });

      it.each([
        [{ filter: 'status = ' }, 'MALFORMED_FILTER'],
        [{ filter: 'colour = "red"' }, 'MALFORMED_FILTER'],
        [{ cursor: 'broken' }, 'VALIDATION_FAILED'],
        [{ cursor: '' }, 'VALIDATION_FAILED'],
        [{ limit: 0 }, 'VALIDATION_FAILED'],
        [{ limit: 1_001 }, 'VALIDATION_FAILED'],
        [{ limit: 1.5 }, 'VALIDATION_FAILED'],
      ])('refuses %j with %s', async (options, code) => {
        await log.add(order, started, aStart()).applyTo(readModel);
        await expect(readModel.list({ namespace: 'default', ...options })).rejects.toMatchObject({ code });
      });

      async function pagedIds(options: ListOptions, meanwhile?: () => Promise<void>): Promise<string[]> {
        const ids: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await readModel.list({ ...options, ...(cursor !== undefined && { cursor }) });
          ids.push(...idsOf(page));
          cursor = page.nextCursor;
          await meanwhile?.();
        } while (cursor !== undefined);
        return ids;
      }
    });

    describe('close', () => {
      it('refuses what comes after it, and may be repeated', async () => {
        await readModel.close();
        await readModel.close();
        await expect(readModel.checkpoint()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await expect(readModel.apply([], 0)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await expect(readModel.list({ namespace: 'default' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      });
    });
  });
}

interface TablesSeen {
  readonly executions: readonly ExecutionRow[];
  readonly waits: readonly WaitRow[];
  readonly due: readonly WaitRow[];
}

/** All that can be seen in the tables. */
async function tablesOf(readModel: ReadModel): Promise<TablesSeen> {
  const pages = ['default', 'staging'].map((namespace) => readModel.list({ namespace, limit: 1_000 }));
  const executions = (await Promise.all(pages)).flatMap(({ items }) => items);
  const waits = await Promise.all(executions.map(({ stream, runId }) => readModel.waits(stream, runId)));
  const due = await readModel.due({ until: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  return { executions, waits: waits.flat(), due };
}

async function appliedAfresh(readModel: ReadModel, batches: readonly (readonly StoredEvent[])[]): Promise<TablesSeen> {
  await readModel.reset();
  let after = 0;
  for (const batch of batches) {
    await readModel.apply(batch, after);
    after = batch.at(-1)?.position ?? after;
  }
  expect(await readModel.checkpoint()).toBe(after);
  return tablesOf(readModel);
}

function cut(events: readonly StoredEvent[], sizes: readonly number[]): StoredEvent[][] {
  const batches: StoredEvent[][] = [];
  for (let from = 0, turn = 0; from < events.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    batches.push(events.slice(from, from + size));
    from += size;
  }
  return batches;
}

function later(a: ExecutionRow, b: ExecutionRow): ExecutionRow {
  return a.firstRevision > b.firstRevision ? a : b;
}

/** Of a run's rows, what the kernel's fold knows too. */
function summaryOf(row: ExecutionRow, waits: readonly WaitRow[]): object {
  const own = waits.filter(({ stream, runId }) => stream === row.stream && runId === row.runId);
  const steps = own
    .filter(({ kind }) => kind === 'step')
    .map(({ id, name, since, dueAt, attempt }) => [id, name, since, dueAt, attempt]);
  const timers = own.filter(({ kind }) => kind === 'timer').map(({ id, dueAt }) => [id, dueAt]);
  return { runId: row.runId, isOpen: row.closedAt === undefined, isStuck: row.status === 'stuck', steps, timers };
}

function expectedOf(state: ExecutionState): object {
  if (state.status === 'absent') throw new Error('a stream without a start');
  const { runId } = state.started;
  if (state.status === 'closed') return { runId, isOpen: false, isStuck: false, steps: [], timers: [] };
  const steps = [...state.steps].map(([id, step]) => [id, step.name, step.scheduledAt, step.attemptAt, step.attempt]);
  const timers = [...state.timers];
  const byId = (a: readonly unknown[], b: readonly unknown[]): number => Number(a[0]) - Number(b[0]);
  return {
    runId,
    isOpen: true,
    isStuck: state.stuck !== undefined,
    steps: steps.sort(byId),
    timers: timers.sort(byId),
  };
}

function aStepScheduled(stepId: number): ExecutionEvent {
  return { type: 'StepScheduled', version: 1, stepId, name: 'charge' };
}

function aStepSucceeded(stepId: number, attempt = 1): ExecutionEvent {
  return { type: 'StepSucceeded', version: 1, stepId, attempt, result: 1, durationMs: 3 };
}

function anAttemptFailed(stepId: number, attempt: number, nextAttemptAt: EpochMs): StepAttemptFailed {
  return { type: 'StepAttemptFailed', version: 1, stepId, attempt, failure: aFailure, durationMs: 1, nextAttemptAt };
}

function aTimerStarted(timerId: number, dueAt: EpochMs, waitId?: number): ExecutionEvent {
  return { type: 'TimerStarted', version: 1, timerId, dueAt, ...(waitId !== undefined && { waitId }) };
}

function aSignalAwaited(waitId: number, name = 'approval'): ExecutionEvent {
  return { type: 'SignalAwaited', version: 1, waitId, name };
}

function aSignal(name: string): ExecutionEvent {
  return { type: 'SignalReceived', version: 1, name, payload: null };
}

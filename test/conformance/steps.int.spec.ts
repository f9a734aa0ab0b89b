import { randomFillSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Random } from '@fermata/engine';
import {
  CancelledError,
  defineQuery,
  defineSignal,
  defineWorkflow,
  NonRetryableError,
  StepError,
  WorkflowFailedError,
  type WorkflowContext,
} from '@fermata/sdk';
import { VirtualClock } from '@fermata/testing';
import { elapse, ShiftedClock } from './clocks.js';
import { aborted, Gate, Gauge, nap } from './concurrency.js';
import { describeConformance, until } from './harness.js';
import { historyOf, recordedOf } from './history.js';

class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
}

class SoldOut extends OutOfStock {}

/** Always the same draw, so that the jitter is known. */
function drawing(value: number): Random {
  return { next: () => value, fill: randomFillSync };
}

const nearlyOne = 1 - 2 ** -40;
const caught = (error: unknown): unknown => error;

describeConformance('steps', (stage) => {
  it('S1: results come back typed, in the order of the code', async () => {
    const order: string[] = [];
    const chain = defineWorkflow('chain', async (ctx) => {
      const two: number = await ctx.step('two', () => {
        order.push('two');
        return 2;
      });
      const { at, big, tags } = await ctx.step('rich', async () => {
        await nap(1);
        order.push('rich');
        return { at: new Date(86_400_000), big: 2n ** 70n, tags: new Set(['a', 'b']) };
      });
      const nothing: unknown = await ctx.step('nothing', (): unknown => void order.push('nothing'));
      return { two: two + 1, day: at.toISOString(), big: big + 1n, hasTag: tags.has('b'), nothing };
    });
    const { client } = await stage.boot([chain]);
    expect(await (await client.start(chain)).result()).toEqual({
      two: 3,
      day: '1970-01-02T00:00:00.000Z',
      big: 2n ** 70n + 1n,
      hasTag: true,
      nothing: undefined,
    });
    expect(order).toEqual(['two', 'rich', 'nothing']);
  });

  it('S1: an outcome is recorded once, and the step is not run again after a restart', async () => {
    const go = defineSignal('go');
    let runs = 0;
    const once = defineWorkflow('once', async (ctx) => {
      const count = await ctx.step('count', () => ++runs);
      await ctx.signal(go);
      return count;
    });
    const { client } = await stage.boot([once]);
    const { workflowId } = await client.start(once);
    await until(
      () => recordedOf(stage.store(), workflowId, 'SignalAwaited'),
      (seen) => seen.length === 1,
    );
    await stage.shutDown();
    const again = await stage.boot([once]);
    const handle = again.client.handle(once, workflowId);
    await handle.signal(go, undefined);
    expect(await handle.result()).toBe(1);
    expect(runs).toBe(1);
    expect(await recordedOf(stage.store(), workflowId, 'StepSucceeded')).toHaveLength(1);
  });

  it.each([
    { stepsRunningMax: 2, most: 2 },
    { stepsRunningMax: 100, most: 8 },
  ])(
    'S2: of 8 parallel steps $most run at the same time when the node allows $stepsRunningMax',
    async ({ stepsRunningMax, most }) => {
      const gauge = new Gauge();
      const branches = Array.from({ length: 8 }, (_, n) => n);
      const fanOut = defineWorkflow('fan-out', (ctx) =>
        Promise.all(
          branches.map((n) =>
            ctx.step(`branch ${n}`, () =>
              gauge.during(async () => {
                await nap(10);
                return n;
              }),
            ),
          ),
        ),
      );
      const { client } = await stage.boot([fanOut], { limits: { stepsRunningMax } });
      expect(await (await client.start(fanOut)).result()).toEqual(branches);
      expect(gauge.max).toBe(most);
    },
  );

  it('S2: parallel steps resolve in the order of the log, the same in replay', async () => {
    const finished = defineQuery<readonly string[]>('finished');
    const gates = [new Gate(), new Gate(), new Gate()];
    const race = defineWorkflow('race', async (ctx) => {
      const order: string[] = [];
      ctx.onQuery(finished, () => [...order]);
      await Promise.all(
        gates.map(async (gate, n) => {
          order.push(await ctx.step(`gate ${n}`, () => gate.opened.then(() => `gate ${n}`)));
        }),
      );
      return order;
    });
    const { client } = await stage.boot([race]);
    const handle = await client.start(race);
    for (const [turn, n] of [2, 0, 1].entries()) {
      gates[n]?.open();
      await until(
        () => handle.query(finished),
        (seen) => seen.length === turn + 1,
      );
    }
    const order = ['gate 2', 'gate 0', 'gate 1'];
    expect(await handle.result()).toEqual(order);
    const succeeded = await recordedOf(stage.store(), handle.workflowId, 'StepSucceeded');
    expect(succeeded.map(({ result }) => result)).toEqual(order);
    await stage.shutDown();
    const again = await stage.boot([race]);
    expect(await again.client.handle(race, handle.workflowId).query(finished)).toEqual(order);
  });

  it.each([
    { draw: nearlyOne, waits: [100, 200, 400, 500, 500] },
    { draw: 0.5, waits: [50, 100, 200, 250, 250] },
    { draw: 0, waits: [0, 0, 0, 0, 0] },
  ])(
    'S3: back-off doubles up to its cap, with jitter drawn as $draw, until the attempts are used up',
    async ({ draw, waits }) => {
      const clock = new VirtualClock();
      const begins: number[] = [];
      const failing = defineWorkflow('failing', (ctx) =>
        ctx.step(
          'fail',
          () => {
            begins.push(clock.now());
            throw new Error('down');
          },
          { retry: { maxAttempts: 6, initialInterval: 100, backoff: 2, maxInterval: 500 } },
        ),
      );
      const { client } = await stage.boot([failing], { clock, random: drawing(draw) });
      const handle = await client.start(failing);
      await expect(elapse(clock, handle.result())).rejects.toMatchObject({ message: 'down' });
      const failed = await recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed');
      expect(failed.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
      expect(failed.map(({ nextAttemptAt, timestamp }) => nextAttemptAt - timestamp)).toEqual(waits);
      expect(begins).toHaveLength(6);
      for (const [n, { nextAttemptAt }] of failed.entries())
        expect(begins[n + 1]).toBeGreaterThanOrEqual(nextAttemptAt);
    },
  );

  it('S3: no attempt begins after the deadline', async () => {
    const clock = new VirtualClock();
    const begins: number[] = [];
    const failing = defineWorkflow('failing', (ctx) =>
      ctx.step(
        'fail',
        () => {
          begins.push(clock.now());
          throw new Error('down');
        },
        { retry: { initialInterval: 100, deadline: 1_000 } },
      ),
    );
    const { client } = await stage.boot([failing], { clock, random: drawing(nearlyOne) });
    const handle = await client.start(failing);
    await expect(elapse(clock, handle.result())).rejects.toMatchObject({ message: 'down' });
    const [scheduled] = await recordedOf(stage.store(), handle.workflowId, 'StepScheduled');
    // 0, 100, 300, 700; the next would come at 1,500.
    expect(begins.map((begin) => begin - (scheduled?.timestamp ?? 0))).toEqual([0, 100, 300, 700]);
  });

  it('S3: the last error reaches the workflow with its type, message, stack, code, details and cause', async () => {
    const failing = defineWorkflow('failing', async (ctx) => {
      const error: unknown = await ctx
        .step(
          'reserve',
          ({ attempt }) => {
            const cause = new RangeError('shelf 7 is empty');
            throw Object.assign(new OutOfStock(`attempt ${attempt}`, { cause }), {
              code: 'E_STOCK',
              details: { sku: 7 },
            });
          },
          { retry: { maxAttempts: 2, initialInterval: 1 } },
        )
        .catch(caught);
      if (!(error instanceof StepError)) throw new Error('not a StepError');
      const { step, attempts, type, message, code, details, stack, cause } = error;
      return { step, attempts, type, message, code, details, stack, cause: (cause as StepError).failure };
    });
    const { client } = await stage.boot([failing]);
    const handle = await client.start(failing);
    expect(await handle.result()).toMatchObject({
      step: 'reserve',
      attempts: 2,
      type: 'OutOfStock',
      message: 'attempt 2',
      code: 'E_STOCK',
      details: { sku: 7 },
      stack: expect.stringMatching(/OutOfStock: attempt 2\n.*steps\.int\.spec/),
      cause: { type: 'RangeError', message: 'shelf 7 is empty' },
    });
    const [failed] = await recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed');
    expect(failed?.failure).toMatchObject({ type: 'OutOfStock', message: 'attempt 1', cause: { type: 'RangeError' } });
  });

  it('S3: a back-off goes on where it was after a restart', async () => {
    const clock = new ShiftedClock();
    let runs = 0;
    const flaky = defineWorkflow('flaky', (ctx) =>
      ctx.step(
        'call',
        ({ attempt }) => {
          runs++;
          if (attempt === 1) throw Object.assign(new Error('busy'), { retryAfter: 3_600_000 });
          return attempt;
        },
        { retry: { maxAttempts: 2 } },
      ),
    );
    const { client } = await stage.boot([flaky], { clock });
    const { workflowId } = await client.start(flaky);
    const [failed] = await until(
      () => recordedOf(stage.store(), workflowId, 'StepAttemptFailed'),
      (seen) => seen.length === 1,
    );
    await stage.shutDown();
    clock.setAhead(3_500_000);
    const early = await stage.boot([flaky], { clock });
    expect((await early.client.describe(workflowId)).pendingSteps).toEqual([
      {
        stepId: 0,
        name: 'call',
        state: 'retrying',
        attempt: 2,
        nextAttemptAt: new Date(failed?.nextAttemptAt ?? 0).toISOString(),
        lastError: expect.stringContaining('busy'),
      },
    ]);
    await stage.shutDown();
    expect(runs).toBe(1);
    clock.setAhead(100_000);
    const late = await stage.boot([flaky], { clock });
    expect(await late.client.handle(flaky, workflowId).result()).toBe(2);
  });

  it.each([
    { by: 'class', thrown: () => new OutOfStock('final'), nonRetryable: [OutOfStock] },
    { by: 'base class', thrown: () => new SoldOut('final'), nonRetryable: [OutOfStock] },
    { by: 'code', thrown: () => Object.assign(new Error('final'), { code: 'E_FINAL' }), nonRetryable: ['E_FINAL'] },
    { by: 'name', thrown: () => new OutOfStock('final'), nonRetryable: ['OutOfStock'] },
    { by: 'itself', thrown: () => new NonRetryableError('final'), nonRetryable: [] },
  ])('S4: an error is not retried when it is named by $by', async ({ thrown, nonRetryable }) => {
    let runs = 0;
    const final = defineWorkflow('final', (ctx) =>
      ctx.step(
        'fail',
        () => {
          runs++;
          throw runs === 1 ? new Error('not named') : thrown();
        },
        { retry: { initialInterval: 1, maxAttempts: 5, nonRetryable } },
      ),
    );
    const { client } = await stage.boot([final]);
    await expect((await client.start(final)).result()).rejects.toMatchObject({ message: 'final' });
    expect(runs).toBe(2);
  });

  it('S4: an error sets its own next delay', async () => {
    const clock = new VirtualClock();
    const limited = defineWorkflow('limited', (ctx) =>
      ctx.step('call', ({ attempt }) => {
        if (attempt === 1) throw Object.assign(new Error('too many requests'), { retryAfter: 7_654 });
        return clock.now();
      }),
    );
    const { client } = await stage.boot([limited], { clock });
    const handle = await client.start(limited);
    const endedAt = await elapse(clock, handle.result());
    const [failed] = await recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed');
    expect((failed?.nextAttemptAt ?? 0) - (failed?.timestamp ?? 0)).toBe(7_654);
    expect(endedAt).toBeGreaterThanOrEqual(failed?.nextAttemptAt ?? Infinity);
  });

  it('S5: a timed-out attempt is aborted, and its late result is ignored', async () => {
    const late = new Gate();
    const reasons: unknown[] = [];
    const slow = defineWorkflow('slow', (ctx) =>
      ctx.step(
        'call',
        async ({ attempt, signal }) => {
          if (attempt === 2) return 'in time';
          reasons.push(await aborted(signal));
          await late.opened;
          return 'late';
        },
        { timeout: 20, retry: { initialInterval: 0 } },
      ),
    );
    const go = defineSignal('go');
    const parent = defineWorkflow('parent', async (ctx) => {
      const result = await ctx.executeChild(slow);
      await ctx.signal(go);
      return result;
    });
    const { client } = await stage.boot([slow, parent]);
    const handle = await client.start(slow, { workflowId: 'slow' });
    expect(await handle.result()).toBe('in time');
    late.open();
    await nap(5);
    expect(await recordedOf(stage.store(), 'slow', 'StepSucceeded')).toMatchObject([{ attempt: 2, result: 'in time' }]);
    expect(await recordedOf(stage.store(), 'slow', 'StepAttemptFailed')).toMatchObject([
      { attempt: 1, failure: { code: 'STEP_TIMED_OUT' } },
    ]);
    expect(reasons).toMatchObject([{ code: 'STEP_TIMED_OUT' }]);
  });

  it('S5: a late result does not count while the next attempt still runs', async () => {
    const first = new Gate();
    const second = new Gate();
    const slow = defineWorkflow('slow', (ctx) =>
      ctx.step(
        'call',
        async ({ attempt }) => {
          await (attempt === 1 ? first : second).opened;
          return attempt;
        },
        { timeout: 200, retry: { initialInterval: 0 } },
      ),
    );
    const clock = new VirtualClock();
    const { client } = await stage.boot([slow], { clock });
    const handle = await client.start(slow);
    await until(
      () => {
        clock.ringNext();
        return recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed');
      },
      (seen) => seen.length === 1,
    );
    first.open();
    await nap(5);
    expect(await recordedOf(stage.store(), handle.workflowId, 'StepSucceeded')).toEqual([]);
    second.open();
    expect(await handle.result()).toBe(2);
  });

  it('S5: a step that waits too long for its first attempt fails without being run', async () => {
    const gate = new Gate();
    let runs = 0;
    const queued = defineWorkflow('queued', async (ctx) => {
      const first = ctx.step('long', () => gate.opened.then(() => 'done'));
      const error = await ctx.step('queued', () => ++runs, { startTimeout: 20 }).catch(caught);
      return [error instanceof StepError && error.code, await first];
    });
    const { client } = await stage.boot([queued], { limits: { stepsRunningMax: 1 } });
    const handle = await client.start(queued);
    await until(
      () => recordedOf(stage.store(), handle.workflowId, 'StepFailed'),
      (seen) => seen.length === 1,
    );
    gate.open();
    expect(await handle.result()).toEqual(['STEP_TIMED_OUT', 'done']);
    expect(runs).toBe(0);
  });

  it('S5: the total time covers all attempts and the waits between them', async () => {
    const clock = new VirtualClock();
    const begins: number[] = [];
    const endless = defineWorkflow('endless', (ctx) =>
      ctx.step(
        'call',
        async ({ signal }) => {
          begins.push(clock.now());
          if (begins.length < 3) throw new Error('down');
          await aborted(signal);
        },
        { totalTimeout: 1_000, retry: { initialInterval: 100, backoff: 1 } },
      ),
    );
    const { client } = await stage.boot([endless], { clock, random: drawing(nearlyOne) });
    const handle = await client.start(endless);
    await expect(elapse(clock, handle.result())).rejects.toMatchObject({ code: 'STEP_TIMED_OUT' });
    const [scheduled] = await recordedOf(stage.store(), handle.workflowId, 'StepScheduled');
    const [failed] = await recordedOf(stage.store(), handle.workflowId, 'StepFailed');
    expect(begins.map((begin) => begin - (scheduled?.timestamp ?? 0))).toEqual([0, 100, 200]);
    expect((failed?.timestamp ?? 0) - (scheduled?.timestamp ?? 0)).toBe(1_000);
  });

  it('S5: an attempt that was handed out is timed out, and its token no longer counts', async () => {
    const tokens: string[] = [];
    const handedOut = defineWorkflow('handed-out', (ctx) =>
      ctx.step<unknown>(
        'ask',
        ({ token, completeLater }) => {
          tokens.push(token);
          return completeLater();
        },
        { timeout: 30, retry: { maxAttempts: 2, initialInterval: 0 } },
      ),
    );
    const { client } = await stage.boot([handedOut]);
    const handle = await client.start(handedOut);
    await until(
      () => tokens.length,
      (seen) => seen === 2,
    );
    expect(await client.completeStep(tokens[0] ?? '', 'too late')).toBe(false);
    await expect(handle.result()).rejects.toMatchObject({ code: 'STEP_TIMED_OUT' });
    const handOuts = await recordedOf(stage.store(), handle.workflowId, 'StepHandedOut');
    const [failed] = await recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed');
    expect(handOuts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(failed?.timestamp).toBeGreaterThanOrEqual(handOuts[0]?.timeoutAt ?? Infinity);
  });

  it.each([60_000, 4 * 86_400_000])(
    'S5: the total time of a step that was handed out goes on over restarts, with a horizon of %d ms',
    async (wakeUpHorizonMs) => {
      const clock = new ShiftedClock();
      const limits = { wakeUpHorizonMs };
      const handedOut = defineWorkflow('handed-out', (ctx) =>
        ctx.step('ask', (step) => step.completeLater(), { totalTimeout: '2 days' }),
      );
      const { client } = await stage.boot([handedOut], { clock, limits });
      const { workflowId } = await client.start(handedOut);
      const [handOut] = await until(
        () => recordedOf(stage.store(), workflowId, 'StepHandedOut'),
        (seen) => seen.length === 1,
      );
      await stage.shutDown();
      clock.setAhead(86_400_000);
      const early = await stage.boot([handedOut], { clock, limits });
      const { pendingSteps, waits } = await early.client.describe(workflowId);
      expect(pendingSteps).toMatchObject([{ name: 'ask', attempt: 1 }]);
      expect(waits).toMatchObject([{ kind: 'step', name: 'ask' }]);
      await stage.shutDown();
      clock.setAhead(86_400_000);
      const late = await stage.boot([handedOut], { clock, limits });
      await expect(late.client.handle(handedOut, workflowId).result()).rejects.toMatchObject({
        code: 'STEP_TIMED_OUT',
      });
      const [failed] = await recordedOf(stage.store(), workflowId, 'StepFailed');
      expect(failed?.timestamp).toBeGreaterThanOrEqual(handOut?.timeoutAt ?? Infinity);
    },
  );

  it('S6: the next attempt reads the last heartbeat', async () => {
    const copying = defineWorkflow('copying', (ctx) =>
      ctx.step(
        'copy',
        ({ attempt, heartbeat, lastHeartbeat }) => {
          if (attempt === 3) return lastHeartbeat;
          for (let page = 1; page <= 10; page++) heartbeat({ attempt, page });
          throw new Error('line lost');
        },
        { retry: { initialInterval: 1 } },
      ),
    );
    const { client } = await stage.boot([copying]);
    expect(await (await client.start(copying)).result()).toEqual({ attempt: 2, page: 10 });
  });

  it('S6: a missed heartbeat fails the attempt; one that keeps beating goes on', async () => {
    const reasons: unknown[] = [];
    const beating = defineWorkflow('beating', (ctx) =>
      ctx.step(
        'work',
        async ({ attempt, heartbeat, signal }) => {
          if (attempt === 1) reasons.push(await aborted(signal));
          for (let n = 0; n < 25; n++) {
            heartbeat(n);
            await nap(10);
          }
          return attempt;
        },
        { heartbeatTimeout: 200, retry: { initialInterval: 1 } },
      ),
    );
    const { client } = await stage.boot([beating]);
    const handle = await client.start(beating);
    expect(await handle.result()).toBe(2);
    expect(reasons).toMatchObject([{ code: 'HEARTBEAT_MISSED' }]);
    expect(await recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed')).toMatchObject([
      { attempt: 1, failure: { code: 'HEARTBEAT_MISSED' } },
    ]);
  });

  it.each(['while the node runs', 'over a restart'])(
    'S6: an attempt that was handed out lives on heartbeats from outside, and fails without, %s',
    async (how) => {
      const clock = new ShiftedClock();
      const tokens: string[] = [];
      const handedOut = defineWorkflow('handed-out', (ctx) =>
        ctx.step<unknown>(
          'ask',
          ({ token, completeLater, lastHeartbeat }) => {
            if (lastHeartbeat !== undefined) return lastHeartbeat;
            tokens.push(token);
            return completeLater();
          },
          { heartbeatTimeout: how === 'over a restart' ? '1 day' : 300, retry: { initialInterval: 0 } },
        ),
      );
      let { client } = await stage.boot([handedOut], { clock });
      const { workflowId } = await client.start(handedOut);
      await until(
        () => recordedOf(stage.store(), workflowId, 'StepHandedOut'),
        (seen) => seen.length === 1,
      );
      for (let beat = 1; beat <= 3; beat++) {
        if (how === 'over a restart') {
          await stage.shutDown();
          clock.setAhead(20 * 3_600_000);
          ({ client } = await stage.boot([handedOut], { clock }));
        } else await nap(120);
        expect(await client.heartbeatStep(tokens[0] ?? '', { beat })).toBe(true);
      }
      if (how === 'over a restart') {
        await stage.shutDown();
        clock.setAhead(25 * 3_600_000);
        ({ client } = await stage.boot([handedOut], { clock }));
      }
      expect(await client.handle(handedOut, workflowId).result()).toEqual({ beat: 3 });
      expect(await recordedOf(stage.store(), workflowId, 'StepAttemptFailed')).toMatchObject([
        { attempt: 1, failure: { code: 'HEARTBEAT_MISSED' } },
      ]);
      expect(await client.heartbeatStep(tokens[0] ?? '', 'too late')).toBe(false);
    },
  );

  it('S6: heartbeats in a tight loop are recorded now and then, the newest of them', async () => {
    const tight = defineWorkflow('tight', (ctx) =>
      ctx.step(
        'work',
        async ({ heartbeat }) => {
          for (let n = 1; n <= 20_000; n++) heartbeat(n);
          await nap(260);
        },
        { heartbeatTimeout: 400 },
      ),
    );
    const { client } = await stage.boot([tight]);
    const handle = await client.start(tight);
    await handle.result();
    expect(await recordedOf(stage.store(), handle.workflowId, 'StepHeartbeatRecorded')).toMatchObject([
      { attempt: 1, details: 20_000 },
    ]);
  });

  it('S6: what was recorded is read after a restart', async () => {
    const gate = new Gate();
    const copying = defineWorkflow('copying', (ctx) =>
      ctx.step('copy', async ({ heartbeat, lastHeartbeat, signal }) => {
        if (lastHeartbeat !== undefined) return lastHeartbeat;
        for (let page = 1; page <= 10; page++) heartbeat({ page });
        gate.open();
        return aborted(signal);
      }),
    );
    const { client } = await stage.boot([copying], { limits: { stopGraceMs: 20 } });
    const { workflowId } = await client.start(copying);
    await gate.opened;
    await stage.shutDown();
    const again = await stage.boot([copying]);
    expect(await again.client.handle(copying, workflowId).result()).toEqual({ page: 10 });
  });

  it('S7: try: the workflow goes on at once, and the step is told why', async () => {
    const reasons: unknown[] = [];
    const begun = new Gate();
    const finish = new Gate();
    const slow = defineWorkflow('slow', (ctx) =>
      ctx.step('work', async ({ signal }) => {
        begun.open();
        reasons.push(await aborted(signal));
        await finish.opened;
      }),
    );
    const { client } = await stage.boot([slow]);
    const handle = await client.start(slow);
    await begun.opened;
    await handle.cancel('customer left');
    await expect(handle.result()).rejects.toMatchObject({ status: 'cancelled' });
    expect(reasons).toEqual([expect.any(CancelledError)]);
    expect(reasons).toMatchObject([{ reason: 'customer left' }]);
    finish.open();
    await nap(5);
    expect(await recordedOf(stage.store(), handle.workflowId, 'StepSucceeded')).toEqual([]);
  });

  it.each(['succeeds', 'fails'])('S7: wait: the workflow waits for the step, which %s', async (how) => {
    const reasons: unknown[] = [];
    const begun = new Gate();
    const finish = new Gate();
    let runs = 0;
    const slow = defineWorkflow('slow', async (ctx) => {
      const end: unknown = await ctx
        .step(
          'work',
          async ({ signal }) => {
            runs++;
            begun.open();
            reasons.push(await aborted(signal));
            await finish.opened;
            if (how === 'fails') throw new Error('stopped half-way');
            return 'finished';
          },
          { cancellation: 'wait', retry: { initialInterval: 0 } },
        )
        .catch(caught);
      return end instanceof StepError ? end.message : end;
    });
    const { client } = await stage.boot([slow]);
    const handle = await client.start(slow);
    await begun.opened;
    await handle.cancel('customer left');
    await until(
      () => reasons.length,
      (seen) => seen === 1,
    );
    await nap(5);
    expect((await handle.describe()).status).toBe('running');
    finish.open();
    expect(await handle.result()).toBe(how === 'fails' ? 'stopped half-way' : 'finished');
    expect(reasons).toMatchObject([{ reason: 'customer left' }]);
    expect(runs).toBe(1);
  });

  it('S7: wait: between two attempts the step ends at once', async () => {
    let runs = 0;
    const retrying = defineWorkflow('retrying', (ctx) =>
      ctx.step(
        'work',
        () => {
          runs++;
          throw Object.assign(new Error('busy'), { retryAfter: 3_600_000 });
        },
        { cancellation: 'wait' },
      ),
    );
    const { client } = await stage.boot([retrying]);
    const handle = await client.start(retrying);
    await until(
      () => recordedOf(stage.store(), handle.workflowId, 'StepAttemptFailed'),
      (seen) => seen.length === 1,
    );
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(runs).toBe(1);
  });

  it('S7: wait: a step that begins only after the cancellation knows of it from the beginning', async () => {
    const begun = new Gate();
    const gate = new Gate();
    const queued = defineWorkflow('queued', async (ctx) => {
      const first = ctx.step(
        'long',
        () => {
          begun.open();
          return gate.opened;
        },
        { cancellation: 'wait' },
      );
      const second = ctx.step('queued', ({ signal }) => signal.aborted, { cancellation: 'wait' });
      await first;
      return second;
    });
    const { client } = await stage.boot([queued], { limits: { stepsRunningMax: 1 } });
    const handle = await client.start(queued);
    await begun.opened;
    await handle.cancel();
    gate.open();
    expect(await handle.result()).toBe(true);
  });

  it('S7: abandon: the workflow goes on at once, and the step is left alone', async () => {
    const begun = new Gate();
    const finish = new Gate();
    const isAborted: boolean[] = [];
    const slow = defineWorkflow('slow', (ctx) =>
      ctx.step(
        'work',
        async ({ signal }) => {
          begun.open();
          await finish.opened;
          isAborted.push(signal.aborted);
        },
        { cancellation: 'abandon' },
      ),
    );
    const { client } = await stage.boot([slow]);
    const handle = await client.start(slow);
    await begun.opened;
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ status: 'cancelled' });
    expect(isAborted).toEqual([]);
    finish.open();
    await until(
      () => isAborted,
      (seen) => seen.length === 1,
    );
    expect(isAborted).toEqual([false]);
    expect(await recordedOf(stage.store(), handle.workflowId, 'StepSucceeded')).toEqual([]);
  });

  it('S8: on shutdown a step that ends within the grace time is recorded, and not aborted', async () => {
    const begun = new Gate();
    let runs = 0;
    const quick = defineWorkflow('quick', (ctx) =>
      ctx.step('work', async ({ signal }) => {
        runs++;
        begun.open();
        await nap(30);
        return signal.aborted;
      }),
    );
    const { client } = await stage.boot([quick], { limits: { stopGraceMs: 5_000 } });
    const { workflowId } = await client.start(quick);
    await begun.opened;
    await stage.shutDown();
    expect(await recordedOf(stage.store(), workflowId, 'StepSucceeded')).toHaveLength(1);
    const again = await stage.boot([quick]);
    expect(await again.client.handle(quick, workflowId).result()).toBe(false);
    expect(runs).toBe(1);
  });

  it('S8: one that does not is aborted with the reason shutdown and run again, without a failed attempt', async () => {
    const begun = new Gate();
    const attempts: number[] = [];
    const reasons: unknown[] = [];
    const slow = defineWorkflow('slow', (ctx) =>
      ctx.step(
        'work',
        async ({ attempt, signal }) => {
          attempts.push(attempt);
          if (attempts.length > 1) return 'done';
          begun.open();
          const reason = await aborted(signal);
          reasons.push(reason);
          throw reason;
        },
        { retry: { maxAttempts: 1 } },
      ),
    );
    const { client } = await stage.boot([slow], { limits: { stopGraceMs: 30 } });
    const { workflowId } = await client.start(slow);
    await begun.opened;
    const stopped = performance.now();
    await stage.shutDown();
    expect(performance.now() - stopped).toBeGreaterThanOrEqual(28);
    expect(reasons).toMatchObject([{ code: 'ENGINE_STOPPED', message: expect.stringContaining('shutdown') }]);
    const again = await stage.boot([slow]);
    expect(await again.client.handle(slow, workflowId).result()).toBe('done');
    expect(attempts).toEqual([1, 1]);
    expect(await recordedOf(stage.store(), workflowId, 'StepAttemptFailed')).toEqual([]);
  });

  it('S9: an at-most-once step whose outcome is not known fails, and is not run again', async () => {
    const begun = new Gate();
    let charges = 0;
    const paying = defineWorkflow('paying', async (ctx) => {
      const end: unknown = await ctx
        .step(
          'charge',
          async ({ signal }) => {
            charges++;
            begun.open();
            await aborted(signal);
          },
          { atMostOnce: true },
        )
        .catch(caught);
      return end instanceof StepError && end.code;
    });
    const { client } = await stage.boot([paying], { limits: { stopGraceMs: 0 } });
    const { workflowId } = await client.start(paying);
    await begun.opened;
    await stage.shutDown();
    const again = await stage.boot([paying]);
    expect(await again.client.handle(paying, workflowId).result()).toBe('STEP_OUTCOME_UNKNOWN');
    expect(charges).toBe(1);
    const history = await historyOf(stage.store(), workflowId);
    expect(history.map(({ event }) => event.type).slice(0, 4)).toEqual([
      'WorkflowStarted',
      'StepScheduled',
      'StepStarted',
      'StepFailed',
    ]);
  });

  it('S9: an at-most-once step that fails is not retried, and one that had not begun is run', async () => {
    const begun = new Gate();
    const gate = new Gate();
    let charges = 0;
    const paying = defineWorkflow('paying', async (ctx) => {
      const first = ctx.step('long', async ({ signal }) => {
        begun.open();
        await Promise.race([gate.opened, aborted(signal)]);
      });
      const charge = ctx.step(
        'charge',
        () => {
          charges++;
          throw new Error('declined');
        },
        { atMostOnce: true, retry: { maxAttempts: 5, initialInterval: 0 } },
      );
      const end: unknown = await charge.catch(caught);
      await first;
      return end instanceof StepError && end.message;
    });
    const { client } = await stage.boot([paying], { limits: { stopGraceMs: 0, stepsRunningMax: 1 } });
    const { workflowId } = await client.start(paying);
    await begun.opened;
    await stage.shutDown();
    expect(charges).toBe(0);
    gate.open();
    const again = await stage.boot([paying]);
    expect(await again.client.handle(paying, workflowId).result()).toBe('declined');
    expect(charges).toBe(1);
  });

  const approval = defineWorkflow('approval', (ctx) =>
    ctx.step<unknown>(
      'ask',
      async ({ token, attempt, lastHeartbeat, completeLater }) => {
        asked.push({ token, attempt, lastHeartbeat });
        return completeLater();
      },
      { retry: { initialInterval: 1, maxAttempts: 3 } },
    ),
  );
  let asked: { readonly token: string; readonly attempt: number; readonly lastHeartbeat: unknown }[] = [];
  const askedTimes = async (times: number) =>
    (
      await until(
        () => asked,
        (seen) => seen.length === times,
      )
    ).at(-1);

  it('S10: a step that was handed out is completed with its token, once, after a restart too', async () => {
    asked = [];
    const { client } = await stage.boot([approval]);
    const { workflowId } = await client.start(approval);
    const token = (await askedTimes(1))?.token ?? '';
    await until(
      () => recordedOf(stage.store(), workflowId, 'StepHandedOut'),
      (seen) => seen.length === 1,
    );
    await stage.shutDown();
    const again = await stage.boot([approval]);
    const handle = again.client.handle(approval, workflowId);
    expect((await handle.describe()).pendingSteps).toMatchObject([{ name: 'ask', attempt: 1 }]);
    expect(await again.client.completeStep(token, { approvedBy: 'ann' })).toBe(true);
    expect(await handle.result()).toEqual({ approvedBy: 'ann' });
    expect(await again.client.completeStep(token, { approvedBy: 'bob' })).toBe(false);
    expect(asked).toHaveLength(1);
    await expect(again.client.completeStep('no token')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('S10: it is failed and heartbeat with its token; the next attempt has another, and the old one no longer counts', async () => {
    asked = [];
    const { client } = await stage.boot([approval]);
    const handle = await client.start(approval);
    const first = (await askedTimes(1))?.token ?? '';
    expect(await client.heartbeatStep(first, { seen: 'page 1' })).toBe(true);
    expect(await client.failStep(first, new Error('no answer'))).toBe(true);
    const second = await askedTimes(2);
    expect(second).toMatchObject({ attempt: 2, lastHeartbeat: { seen: 'page 1' } });
    expect(await client.completeStep(first, 'too late')).toBe(false);
    expect(await client.heartbeatStep(first, 'too late')).toBe(false);
    expect(await client.failStep(second?.token ?? '', new NonRetryableError('refused'))).toBe(true);
    await expect(handle.result()).rejects.toMatchObject({ type: 'NonRetryableError', message: 'refused' });
  });

  it('S11: the idempotency key is the same for every attempt and after a crash, and differs between steps', async () => {
    const begun = new Gate();
    const keys: { readonly step: string; readonly key: string }[] = [];
    let isFirst = true;
    const keyed = defineWorkflow('keyed', async (ctx) => {
      for (const n of [0, 1]) {
        await ctx.step(
          'same name',
          async ({ attempt, idempotencyKey, signal, stepId }) => {
            keys.push({ step: `${ctx.runId} ${stepId}`, key: idempotencyKey });
            if (attempt < 3) throw new Error('again');
            if (n === 0 && isFirst) {
              isFirst = false;
              begun.open();
              await aborted(signal);
            }
          },
          { retry: { initialInterval: 0 } },
        );
      }
    });
    const { client } = await stage.boot([keyed], { limits: { stopGraceMs: 0 } });
    const { workflowId } = await client.start(keyed);
    await begun.opened;
    await stage.shutDown();
    const again = await stage.boot([keyed]);
    await again.client.handle(keyed, workflowId).result();
    await (await again.client.start(keyed, { workflowId })).result();
    // Twice two steps; four attempts of the one that the shutdown cut off.
    expect(keys).toHaveLength(4 + 3 + 3 + 3);
    expect(new Set(keys.map(({ step }) => step)).size).toBe(4);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(4);
    expect(new Set(keys.map(({ step, key }) => `${step} ${key}`)).size).toBe(4);
  });

  it('S12: a fallback takes another path when the step has failed for good, and what it did is recorded', async () => {
    const fallingBack = defineWorkflow('falling-back', async (ctx) => {
      const quote = await ctx.step<string>(
        'quote at A',
        () => {
          throw new OutOfStock('A has none');
        },
        {
          retry: { maxAttempts: 2, initialInterval: 0 },
          fallback: async (error) =>
            `${await ctx.step('quote at B', () => 'B')} because ${error.type}: ${error.message}`,
        },
      );
      try {
        await ctx.step('book at A', () => {
          throw new NonRetryableError('A is closed');
        });
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        return [quote, await ctx.step('book at B', () => `booked at B because ${error.message}`)];
      }
      return [];
    });
    const { client } = await stage.boot([fallingBack]);
    const handle = await client.start(fallingBack);
    expect(await handle.result()).toEqual(['B because OutOfStock: A has none', 'booked at B because A is closed']);
    expect((await recordedOf(stage.store(), handle.workflowId, 'StepScheduled')).map(({ name }) => name)).toEqual([
      'quote at A',
      'quote at B',
      'book at A',
      'book at B',
    ]);
    expect(await recordedOf(stage.store(), handle.workflowId, 'StepSucceeded')).toMatchObject([
      { stepId: 1, result: 'B' },
      { stepId: 3, result: 'booked at B because A is closed' },
    ]);
  });

  it('S12: a fallback is not taken when the step was cancelled', async () => {
    const begun = new Gate();
    const fallingBack = defineWorkflow('falling-back', (ctx) =>
      ctx.step(
        'work',
        ({ signal }) => {
          begun.open();
          return aborted(signal);
        },
        { fallback: () => 'fallen back' },
      ),
    );
    const { client } = await stage.boot([fallingBack]);
    const handle = await client.start(fallingBack);
    await begun.opened;
    await handle.cancel();
    const end: unknown = await handle.result().catch(caught);
    expect(end).toBeInstanceOf(WorkflowFailedError);
    expect(end).toMatchObject({ status: 'cancelled' });
  });

  it.each<[name: string, use: (ctx: WorkflowContext) => unknown]>([
    ['step', (ctx) => ctx.step('inner', () => 1)],
    ['sleep', (ctx) => ctx.sleep(1)],
    ['signal', (ctx) => ctx.signal('go')],
    ['condition', (ctx) => ctx.condition(() => true)],
    ['signalWorkflow', (ctx) => ctx.signalWorkflow('other', 'go')],
    ['scope', (ctx) => ctx.scope((inner) => inner.sleep(1))],
    ['continueAsNew', (ctx) => ctx.continueAsNew()],
    ['patch', (ctx) => ctx.patch('change')],
    ['random', (ctx) => ctx.random()],
    ['uuid', (ctx) => ctx.uuid()],
    ['now', (ctx) => ctx.now()],
  ])('S13: ctx.%s in a step fails the step at once, with an error that says so', async (call, use) => {
    let runs = 0;
    const misusing = defineWorkflow('misusing', (ctx) =>
      ctx.step('outer', async () => {
        runs++;
        await use(ctx);
      }),
    );
    const { client } = await stage.boot([misusing]);
    const handle = await client.start(misusing);
    await expect(handle.result({ timeout: '1s' })).rejects.toMatchObject({
      code: 'STEP_IN_STEP',
      message: expect.stringContaining(`ctx.${call} was called inside step "outer"`),
    });
    expect(runs).toBe(1);
  });
});

import crypto from 'node:crypto';
import { expect, it } from '@jest/globals';
import {
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  NonRetryableError,
  TimeoutError,
  type WorkflowContext,
} from '@fermata/sdk';
import { VirtualClock } from '@fermata/testing';
import { elapse, ShiftedClock } from './clocks.js';
import { aborted, Gate, nap } from './concurrency.js';
import { describeConformance, until } from './harness.js';
import { recordedOf } from './history.js';

const go = defineSignal('go');
const tenYearsMs = 10 * 365 * 86_400_000;
/** So that virtual time need not stop each few seconds for the node's own housekeeping. */
const limits = { wakeUpHorizonMs: 2 * 86_400_000, runIdleMs: 2 * 86_400_000 };

describeConformance('time', (stage) => {
  it('T1: a sleep of 0 ms ends, in its turn', async () => {
    const blink = defineWorkflow('blink', async (ctx) => {
      const order: string[] = [];
      const slept = ctx.sleep(0).then(() => order.push('slept'));
      order.push('went on');
      await slept;
      return order;
    });
    const { client } = await stage.boot([blink]);
    const handle = await client.start(blink);
    expect(await handle.result()).toEqual(['went on', 'slept']);
    expect(await recordedOf(stage.store(), handle.workflowId, 'TimerFired')).toHaveLength(1);
  });

  it.each(['within', 'beyond'])(
    'T1: a sleep of 10 years, %s the horizon, ends after 10 years, past due at restart too',
    async (place) => {
      const clock = new ShiftedClock();
      const limits = { wakeUpHorizonMs: place === 'within' ? 2 * tenYearsMs : 60_000 };
      const long = defineWorkflow('long', async (ctx) => {
        await ctx.sleep(tenYearsMs);
        return ctx.step('after', () => clock.now());
      });
      // Real time: such a delay is longer than the system's timers take.
      const { client } = await stage.boot([long], { limits });
      const { workflowId } = await client.start(long);
      const [timer] = await until(
        () => recordedOf(stage.store(), workflowId, 'TimerStarted'),
        (seen) => seen.length === 1,
      );
      await nap(20);
      const dueAt = timer?.dueAt ?? 0;
      expect(dueAt - (timer?.timestamp ?? 0)).toBe(tenYearsMs);
      await stage.shutDown();
      clock.setAhead(tenYearsMs - 5_000);
      const early = await stage.boot([long], { clock, limits });
      expect((await early.client.describe(workflowId)).waits).toMatchObject([
        { kind: 'timer', until: new Date(dueAt).toISOString() },
      ]);
      await nap(20);
      expect(await recordedOf(stage.store(), workflowId, 'TimerFired')).toEqual([]);
      await stage.shutDown();
      clock.setAhead(10_000);
      const late = await stage.boot([long], { clock, limits });
      expect(await late.client.handle(long, workflowId).result()).toBeGreaterThanOrEqual(dueAt);
      expect(await recordedOf(stage.store(), workflowId, 'TimerFired')).toHaveLength(1);
    },
  );

  it('T1: timers fire once, never early, in due order', async () => {
    const naps = [30, 10, 20, 10, 0];
    const napping = defineWorkflow('napping', async (ctx) => {
      const order: number[] = [];
      await Promise.all(naps.map((ms, n) => ctx.sleep(ms).then(() => order.push(n))));
      return order;
    });
    const { client } = await stage.boot([napping]);
    const handle = await client.start(napping);
    expect(await handle.result()).toEqual(expect.arrayContaining([0, 1, 2, 3, 4]));
    const started = await recordedOf(stage.store(), handle.workflowId, 'TimerStarted');
    const fired = await recordedOf(stage.store(), handle.workflowId, 'TimerFired');
    expect(started.map(({ dueAt, timestamp }) => dueAt - timestamp)).toEqual(naps);
    expect(new Set(fired.map(({ timerId }) => timerId)).size).toBe(naps.length);
    expect(fired).toHaveLength(naps.length);
    const due = fired.map(({ timerId }) => started[timerId]?.dueAt ?? 0);
    expect(due).toEqual([...due].sort((a, b) => a - b));
    for (const [n, { timestamp }] of fired.entries()) expect(timestamp).toBeGreaterThanOrEqual(due[n] ?? Infinity);
  });

  it('T1: timers that are past due at restart fire in due order', async () => {
    const clock = new ShiftedClock();
    const hours = [3, 1, 4, 2];
    const napping = defineWorkflow('napping', async (ctx) => {
      const order: number[] = [];
      await Promise.all(hours.map((hour) => ctx.sleep(`${hour} h`).then(() => order.push(hour))));
      return order;
    });
    const { client } = await stage.boot([napping], { clock });
    const { workflowId } = await client.start(napping);
    await stage.shutDown();
    clock.setAhead(5 * 3_600_000);
    const again = await stage.boot([napping], { clock });
    expect(await again.client.handle(napping, workflowId).result()).toEqual([1, 2, 3, 4]);
    expect(await recordedOf(stage.store(), workflowId, 'TimerFired')).toHaveLength(4);
  });

  const seen = defineQuery<readonly unknown[]>('seen');
  const observe = (ctx: WorkflowContext): readonly unknown[] => [
    ctx.now().getTime(),
    Date.now(),
    new Date().toISOString(),
    Date(),
    performance.now(),
    Math.random(),
    ctx.random(),
    crypto.randomUUID(),
    globalThis.crypto.randomUUID(),
    ctx.uuid(),
  ];

  it('T2: time and chance repeat in replay', async () => {
    const observing = defineWorkflow('observing', async (ctx) => {
      const values: unknown[] = [];
      ctx.onQuery(seen, () => [...values]);
      values.push(...observe(ctx));
      await ctx.sleep(15);
      values.push(...observe(ctx));
      await ctx.step('chance in a step', () => Math.random() + Date.now());
      values.push(...observe(ctx));
      await ctx.signal(go);
      values.push(...observe(ctx));
      return values;
    });
    const { client } = await stage.boot([observing]);
    const handle = await client.start(observing);
    const first = await until(
      () => handle.query(seen),
      (values) => values.length === 30,
    );
    expect(new Set(first.filter((value) => typeof value === 'string' && /-4/.test(value))).size).toBe(9);
    await stage.shutDown();
    await nap(5);
    const again = await stage.boot([observing]);
    const handleAgain = again.client.handle(observing, handle.workflowId);
    expect(await handleAgain.query(seen)).toEqual(first);
    await handleAgain.signal(go, undefined);
    const all = await handleAgain.result();
    expect(all.slice(0, 30)).toEqual(first);
    await stage.shutDown();
    const third = await stage.boot([observing]);
    expect(await third.client.handle(observing, handle.workflowId).query(seen)).toEqual(all);
  });

  it('T2: the time is that of the event, goes on with it, and differs from run to run as chance does', async () => {
    const observing = defineWorkflow('observing', async (ctx) => {
      const before = ctx.now().getTime();
      await ctx.sleep(20);
      return { before, after: Date.now(), random: Math.random(), uuid: ctx.uuid() };
    });
    const { client } = await stage.boot([observing]);
    const one = await client.start(observing);
    const other = await client.start(observing);
    const [a, b] = await Promise.all([one.result(), other.result()]);
    expect(a.after - a.before).toBeGreaterThanOrEqual(20);
    expect((await recordedOf(stage.store(), one.workflowId, 'WorkflowStarted'))[0]?.timestamp).toBe(a.before);
    expect((await recordedOf(stage.store(), one.workflowId, 'TimerFired'))[0]?.timestamp).toBe(a.after);
    expect(a.random).not.toBe(b.random);
    expect(a.uuid).not.toBe(b.uuid);
  });

  it.each<[what: string, race: (ctx: WorkflowContext, quick: Promise<unknown>) => Promise<unknown>]>([
    ['race in a scope', (ctx, quick) => ctx.scope((inner) => Promise.race([inner.sleep(100), quick]))],
    ['the time-out of a signal', (ctx) => ctx.signal(go, { timeout: 100 })],
    ['the time-out of a condition', (ctx, quick) => wakeBy(quick, (isMet) => ctx.condition(isMet, { timeout: 100 }))],
    ['the time-out of a scope', (ctx, quick) => ctx.scope(() => quick, { timeout: 100 })],
    ['clearTimeout', (_ctx, quick) => withTimeout(quick)],
  ])('T3: a timer that loses (%s) is cancelled, not left pending, and never fires', async (_what, race) => {
    const gate = new Gate();
    const racing = defineWorkflow('racing', async (ctx) => {
      await race(
        ctx,
        ctx.step('quick', () => gate.opened),
      );
      await ctx.sleep(130);
    });
    const { client } = await stage.boot([racing]);
    const handle = await client.start(racing);
    await handle.signal(go, undefined);
    gate.open();
    await until(
      () => recordedOf(stage.store(), handle.workflowId, 'TimerStarted'),
      (timers) => timers.length === 2,
    );
    const [lost, next] = await recordedOf(stage.store(), handle.workflowId, 'TimerStarted');
    const { waits } = await handle.describe();
    expect(waits.filter(({ kind }) => kind === 'timer')).toMatchObject([
      { until: new Date(next?.dueAt ?? 0).toISOString() },
    ]);
    expect(await recordedOf(stage.store(), handle.workflowId, 'TimerCancelled')).toMatchObject([
      { timerId: lost?.timerId },
    ]);
    await handle.result();
    const fired = await recordedOf(stage.store(), handle.workflowId, 'TimerFired');
    expect(fired).toMatchObject([{ timerId: next?.timerId }]);
    expect(fired[0]?.timestamp).toBeGreaterThan(lost?.dueAt ?? Infinity);
  });

  it('T3: no timer is left pending when the run closes or is cancelled', async () => {
    const leaving = defineWorkflow('leaving', async (ctx) => {
      void ctx.sleep('1 h');
      await ctx.signal(go);
    });
    const { client } = await stage.boot([leaving]);
    const closed = await client.start(leaving);
    await closed.signal(go, undefined);
    await closed.result();
    const cancelled = await client.start(leaving);
    await cancelled.cancel();
    await expect(cancelled.result()).rejects.toMatchObject({ status: 'cancelled' });
    expect((await client.describe(closed.workflowId)).waits).toEqual([]);
    expect((await client.describe(cancelled.workflowId)).waits).toEqual([]);
    expect(await recordedOf(stage.store(), cancelled.workflowId, 'TimerCancelled')).toHaveLength(1);
  });

  const set = defineUpdate<string, boolean>('set');
  const flag = defineSignal<boolean>('flag');
  const conditional = defineWorkflow<{ readonly timeout: number | undefined }, boolean>(
    'conditional',
    async (ctx, { timeout }) => {
      let isSet = false;
      ctx.onSignal(flag, (value) => {
        isSet = value;
      });
      ctx.onUpdate(set, (value) => {
        isSet = value;
        return `set to ${value}`;
      });
      return ctx.condition(() => isSet, timeout === undefined ? {} : { timeout });
    },
  );

  it('T4: a condition wakes when a signal makes it true, and not before, after a restart too', async () => {
    const { client } = await stage.boot([conditional]);
    const { workflowId } = await client.start(conditional, { input: { timeout: undefined } });
    await client.handle(workflowId).signal(flag, false);
    expect(await client.describe(workflowId)).toMatchObject({ status: 'running', waits: [{ kind: 'condition' }] });
    await stage.shutDown();
    const again = await stage.boot([conditional]);
    const handle = again.client.handle(conditional, workflowId);
    await handle.signal(flag, true);
    expect(await handle.result()).toBe(true);
  });

  it('T4: a condition wakes when an update makes it true', async () => {
    const { client } = await stage.boot([conditional]);
    const handle = await client.start(conditional, { input: { timeout: 3_600_000 } });
    expect(await handle.update(set, false)).toBe('set to false');
    expect(await handle.update(set, true)).toBe('set to true');
    expect(await handle.result()).toBe(true);
    expect(await recordedOf(stage.store(), handle.workflowId, 'TimerCancelled')).toHaveLength(1);
  });

  it('T4: a condition ends with false on time-out; what comes later changes nothing', async () => {
    const { client } = await stage.boot([conditional]);
    const handle = await client.start(conditional, { input: { timeout: 150 } });
    await handle.signal(flag, false);
    expect(await handle.result()).toBe(false);
    const [timer] = await recordedOf(stage.store(), handle.workflowId, 'TimerStarted');
    const [closed] = await recordedOf(stage.store(), handle.workflowId, 'WorkflowCompleted');
    expect(closed?.timestamp).toBeGreaterThanOrEqual(timer?.dueAt ?? Infinity);
  });

  it('T4: a condition that is true already does not wait', async () => {
    const met = defineWorkflow('met', (ctx) => ctx.condition(() => true, { timeout: '1 h' }));
    const { client } = await stage.boot([met]);
    const handle = await client.start(met);
    expect(await handle.result()).toBe(true);
    expect(await recordedOf(stage.store(), handle.workflowId, 'ConditionAwaited')).toEqual([]);
  });

  it('T5: a delayed start begins after its delay, after a restart too', async () => {
    const clock = new ShiftedClock();
    const begins: number[] = [];
    const delayed = defineWorkflow('delayed', (ctx) =>
      ctx.step('begin', () => {
        begins.push(clock.now());
      }),
    );
    const { client } = await stage.boot([delayed], { clock });
    const handle = await client.start(delayed, { startDelay: '2 days' });
    const [started] = await recordedOf(stage.store(), handle.workflowId, 'WorkflowStarted');
    const beginAt = started?.firstTurnAt ?? 0;
    const delay = beginAt - (started?.timestamp ?? 0);
    // Counted from when the node took the request, which is a moment before it is durable.
    expect(delay).toBeLessThanOrEqual(2 * 86_400_000);
    expect(delay).toBeGreaterThan(2 * 86_400_000 - 1_000);
    expect(await handle.describe()).toMatchObject({
      status: 'running',
      waits: [{ kind: 'timer', until: new Date(beginAt).toISOString() }],
    });
    await stage.shutDown();
    clock.setAhead(2 * 86_400_000 - 5_000);
    await stage.boot([delayed], { clock });
    await nap(20);
    expect(begins).toEqual([]);
    await stage.shutDown();
    clock.setAhead(5_000);
    const late = await stage.boot([delayed], { clock });
    await late.client.handle(delayed, handle.workflowId).result();
    expect(begins).toHaveLength(1);
    expect(begins[0]).toBeGreaterThanOrEqual(beginAt);
  });

  it('T5: a delayed start that is cancelled never begins, and time-outs count from its begin', async () => {
    const clock = new VirtualClock();
    let begins = 0;
    const delayed = defineWorkflow('delayed', async (ctx) => {
      await ctx.step('begin', () => ++begins);
      await ctx.sleep('30 m');
      return 'done';
    });
    const { client } = await stage.boot([delayed], { clock, limits });
    const cancelled = await client.start(delayed, { startDelay: '1 h' });
    await cancelled.cancel();
    await expect(cancelled.result()).rejects.toMatchObject({ status: 'cancelled' });
    expect(begins).toBe(0);
    const timed = await client.start(delayed, { startDelay: '1 h', runTimeout: '45 m' });
    expect(await elapse(clock, timed.result())).toBe('done');
  });

  it.each(['runTimeout', 'executionTimeout'])(
    'T5: the %s closes the run as timed out, and compensations run',
    async (limit) => {
      const clock = new VirtualClock();
      const done: string[] = [];
      const reasons: unknown[] = [];
      const booking = defineWorkflow('booking', async (ctx) => {
        for (const what of ['flight', 'hotel']) {
          await ctx.step(`book ${what}`, () => void done.push(`book ${what}`), {
            compensate: () => void done.push(`cancel ${what}`),
          });
        }
        await ctx.step('pay', async ({ signal }) => {
          reasons.push(await aborted(signal));
        });
      });
      const { client } = await stage.boot([booking], { clock, limits });
      const handle = await client.start(booking, { [limit]: '1 h' });
      await until(
        () => recordedOf(stage.store(), handle.workflowId, 'StepScheduled'),
        (steps) => steps.length === 3,
      );
      const end: unknown = await elapse(
        clock,
        handle.result().catch((error: unknown) => error),
      );
      expect(end).toMatchObject({
        status: 'timed-out',
        type: 'TimeoutError',
        details: { compensated: ['book hotel', 'book flight'] },
      });
      expect(done).toEqual(['book flight', 'book hotel', 'cancel hotel', 'cancel flight']);
      expect(reasons).toEqual([expect.any(TimeoutError)]);
      expect((await handle.describe()).status).toBe('timed-out');
      const [started] = await recordedOf(stage.store(), handle.workflowId, 'WorkflowStarted');
      const [timedOut] = await recordedOf(stage.store(), handle.workflowId, 'RunTimedOut');
      expect((timedOut?.timestamp ?? 0) - (started?.timestamp ?? 0)).toBeGreaterThanOrEqual(3_600_000);
    },
  );

  it('T5: a run that catches its time-out is timed out all the same', async () => {
    const stubborn = defineWorkflow('stubborn', async (ctx) => {
      await ctx.sleep('1 h').catch(() => undefined);
      return 'done';
    });
    const { client } = await stage.boot([stubborn]);
    const handle = await client.start(stubborn, { runTimeout: 20 });
    await expect(handle.result()).rejects.toMatchObject({ status: 'timed-out', type: 'TimeoutError' });
  });

  it('T5: each run has the run time-out for itself, and all together have the execution time-out', async () => {
    const clock = new VirtualClock();
    const retried = defineWorkflow('retried', async (ctx) => {
      await ctx.sleep('50 m');
      throw new Error('again');
    });
    const { client } = await stage.boot([retried], { clock, limits });
    const handle = await client.start(retried, {
      runTimeout: '1 h',
      executionTimeout: '2 h',
      retry: { initialInterval: 0 },
    });
    await expect(elapse(clock, handle.result())).rejects.toMatchObject({ status: 'timed-out' });
    const started = await recordedOf(stage.store(), handle.workflowId, 'WorkflowStarted');
    const [timedOut] = await recordedOf(stage.store(), handle.workflowId, 'RunTimedOut');
    expect(started.map(({ attempt }) => attempt ?? 1)).toEqual([1, 2, 3]);
    expect((timedOut?.timestamp ?? 0) - (started[0]?.timestamp ?? 0)).toBe(2 * 3_600_000);
  });

  it('T5: a run that continues as new stays under the execution time-out', async () => {
    const clock = new VirtualClock();
    const ticking = defineWorkflow<{ readonly round: number }, never>('ticking', async (ctx, { round }) => {
      await ctx.sleep('50 m');
      return ctx.continueAsNew({ round: round + 1 });
    });
    const { client } = await stage.boot([ticking], { clock, limits });
    const handle = await client.start(ticking, { input: { round: 1 }, runTimeout: '1 h', executionTimeout: '2 h' });
    await expect(elapse(clock, handle.result())).rejects.toMatchObject({ status: 'timed-out' });
    const started = await recordedOf(stage.store(), handle.workflowId, 'WorkflowStarted');
    expect(started.map(({ input }) => input)).toEqual([{ round: 1 }, { round: 2 }, { round: 3 }]);
  });

  it('T5: a time-out that passed while no node ran closes the run at the restart', async () => {
    const clock = new ShiftedClock();
    const waiting = defineWorkflow('waiting', (ctx) => ctx.signal(go));
    const { client } = await stage.boot([waiting], { clock });
    const { workflowId } = await client.start(waiting, { executionTimeout: '3 days' });
    await stage.shutDown();
    clock.setAhead(4 * 86_400_000);
    const again = await stage.boot([waiting], { clock });
    await expect(again.client.handle(waiting, workflowId).result()).rejects.toMatchObject({ status: 'timed-out' });
  });
});

/** A condition that the end of `quick` makes true. */
async function wakeBy(quick: Promise<unknown>, wait: (isMet: () => boolean) => Promise<boolean>): Promise<boolean> {
  let isMet = false;
  void quick.then(() => (isMet = true));
  return wait(() => isMet);
}

/** What plain code does to limit a wait. */
async function withTimeout(quick: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new NonRetryableError('too late')), 100);
  });
  try {
    return await Promise.race([quick, late]);
  } finally {
    clearTimeout(timer);
  }
}

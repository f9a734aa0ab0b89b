import { describe, expect, it } from '@jest/globals';
import type { RunAddress } from './run-address.js';
import { bareHost, type RunHost } from './run-host.js';
import { endOfTurn, Rehearsal, type WorkflowBody } from './rehearsal.contract.js';

const wait = (): undefined => undefined;

/** A promise of the outside world, as a timer of the real clock or a socket would give it. */
function foreign(): { promise: Promise<void>; settle: () => Promise<void>; refuse: (error: Error) => Promise<void> } {
  let settlers: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<void>((resolve, reject) => (settlers = { resolve, reject }));
  return {
    promise,
    settle: () => {
      settlers?.resolve();
      return endOfTurn();
    },
    refuse: (error) => {
      settlers?.reject(error);
      return endOfTurn();
    },
  };
}

describe('a run that waits on a promise that is not durable', () => {
  it('stops when nothing durable is pending beside it', async () => {
    const run = await Rehearsal.begin(() => new Promise((resolve) => setTimeout(resolve, 1)));
    expect(run.run.fault).toMatchObject({ code: 'FOREIGN_PROMISE', details: { last: null } });
    expect(run.decisions).toEqual([]);
  });

  it('stops with the last durable call, when there was one', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await ctx.step('charge', wait);
      await foreign().promise;
    });
    expect(run.run.fault).toBeUndefined();
    await run.succeed('charge');
    expect(run.run.fault).toMatchObject({ code: 'FOREIGN_PROMISE', details: { last: 'step 0 "charge"' } });
    expect((await run.replayCold()).run.fault?.code).toBe('FOREIGN_PROMISE');
  });

  const calls: [string, WorkflowBody][] = [
    ['ctx.step', (ctx) => ctx.step('late', wait)],
    ['ctx.sleep', (ctx) => ctx.sleep(1)],
    ['ctx.signal', (ctx) => ctx.signal('late')],
    ['ctx.onSignal', async (ctx) => ctx.onSignal('late', wait)],
    ['ctx.random', async (ctx) => ctx.random()],
    ['ctx.uuid', async (ctx) => ctx.uuid()],
  ];

  it.each(calls)('stops when it then uses %s, though something durable is pending', async (call, use) => {
    const outside = foreign();
    const run = await Rehearsal.begin(async (ctx) => {
      const pending = ctx.step('pending', wait);
      await outside.promise;
      await use(ctx, undefined);
      return pending;
    });
    expect(run.run.fault).toBeUndefined();
    await outside.settle();
    expect(run.run.fault).toMatchObject({ code: 'FOREIGN_PROMISE', details: { call } });
    expect(await run.succeed('pending')).toEqual([]);
  });

  it('stops when it then returns, though something durable is pending', async () => {
    const outside = foreign();
    const run = await Rehearsal.begin(async (ctx) => {
      void ctx.step('pending', wait);
      await outside.promise;
      return 'woken by the outside';
    });
    await outside.settle();
    expect(run.run.fault?.code).toBe('FOREIGN_PROMISE');
    expect(await run.succeed('pending')).toEqual([]);
  });

  it('stops when it then throws, though something durable is pending', async () => {
    const outside = foreign();
    const run = await Rehearsal.begin(async (ctx) => {
      void ctx.step('pending', wait);
      await outside.promise;
    });
    await outside.refuse(new Error('connection lost'));
    expect(run.run.fault?.code).toBe('FOREIGN_PROMISE');
    expect(await run.succeed('pending')).toEqual([]);
  });

  it('tells the node when it happens between turns, so that the run is marked at once', async () => {
    const told: RunAddress[] = [];
    const host: RunHost = { ...bareHost, faultedBetweenTurns: (address) => void told.push(address) };
    const outside = foreign();
    await Rehearsal.begin(
      async (ctx) => {
        void ctx.step('pending', wait);
        await outside.promise;
        await ctx.sleep(1);
      },
      { host },
    );
    expect(told).toEqual([]);
    await outside.settle();
    expect(told.map(({ workflowId }) => workflowId)).toEqual(['order-1']);
  });

  it('is of no concern once the run has closed', async () => {
    const outside = foreign();
    const run = await Rehearsal.begin(async (ctx) => {
      void outside.promise.then(() => ctx.sleep(1)).catch(wait);
      return 'done';
    });
    await outside.settle();
    expect(run.run.fault).toBeUndefined();
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted', result: 'done' });
  });

  it('does not stop for promises that settle within the turn', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      for (let tick = 0; tick < 100; tick++) await Promise.resolve();
      await ctx.step('after many microtasks', wait);
    });
    expect(run.run.fault).toBeUndefined();
    expect(run.decisions).toHaveLength(1);
  });
});

describe('a run whose context is used inside a step', () => {
  let current: string | undefined;
  const host: RunHost = { ...bareHost, currentStep: () => current };

  it.each([
    ['ctx.step', 'step'],
    ['ctx.sleep', 'sleep'],
    ['ctx.signal', 'signal'],
  ] as const)('refuses %s, names both, and goes on', async (call, method) => {
    const run = await Rehearsal.begin(
      (ctx) =>
        ctx.step('outer', async () => {
          current = 'outer';
          try {
            if (method === 'step') await ctx.step('inner', wait);
            else if (method === 'sleep') await ctx.sleep(1);
            else await ctx.signal('go');
          } finally {
            current = undefined;
          }
        }),
      { host },
    );
    await run.perform('outer');
    expect(run.history.at(-2)?.event).toMatchObject({
      type: 'StepFailed',
      failure: { code: 'STEP_IN_STEP', message: expect.stringContaining(`${call} was called inside step "outer"`) },
    });
    expect(run.run.fault).toBeUndefined();
    expect(run.ending).toMatchObject({
      type: 'WorkflowFailed',
      failure: { type: 'FermataError', code: 'STEP_IN_STEP' },
    });
  });
});

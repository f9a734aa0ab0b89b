import { describe, expect, it, jest } from '@jest/globals';
import { defineSignal, defineWorkflow, NonRetryableError, type FailedCheck, type StepContext } from '@fermata/sdk';
import { fermataMatchers, type FermataMatchers } from '../matchers/fermata-matchers.js';
import { createTestFermata } from './create-test-fermata.js';

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type -- as the interface that it is merged with
  interface Matchers<R extends void | Promise<void>, T = unknown> extends FermataMatchers {}
}

expect.extend(fermataMatchers);

const approval = defineSignal<string>('approval');

const checkout = defineWorkflow('checkout', async (ctx) => {
  const { paymentId } = await ctx.step('charge card', (): { paymentId: string } => {
    throw new NonRetryableError('the real card was charged');
  });
  await ctx.signal(approval);
  await ctx.step('pack', () => undefined);
  await ctx.step('pack', () => undefined);
  return paymentId;
});

describe('Step mocks', () => {
  it('run in place of the steps of their names', async () => {
    const charge = jest.fn((_step: StepContext) => ({ paymentId: 'p-1' }));
    await using fermata = await createTestFermata({ workflows: [checkout], steps: { 'charge card': charge } });
    const run = await fermata.client.start(checkout);
    await run.signal(approval, 'Ada');
    expect(await run.result()).toBe('p-1');
    expect(charge).toHaveBeenCalledTimes(1);
    expect(charge).toHaveBeenCalledWith(expect.objectContaining({ idempotencyKey: `${run.runId}:0`, attempt: 1 }));
  });

  it('are asked for by their own names only', async () => {
    const named = defineWorkflow('named', (ctx) => ctx.step('toString', () => 'its own'));
    await using fermata = await createTestFermata({ workflows: [named], steps: {} });
    expect(await (await fermata.client.start(named)).result()).toBe('its own');
  });
});

describe('Matchers', () => {
  it('count steps and look at waits', async () => {
    const steps = { 'charge card': () => ({ paymentId: 'p-1' }) };
    await using fermata = await createTestFermata({ workflows: [checkout], steps });
    const run = await fermata.client.start(checkout);
    await fermata.skip(0);
    await expect(run).toWaitFor('signal', 'approval');
    await expect(run).not.toWaitFor('timer');
    await expect(expect(run).toWaitFor('timer')).rejects.toThrow(/it waits for "signal approval"/);
    await run.signal(approval, 'Ada');
    await run.result();
    await expect(run).toHaveStepped('charge card');
    await expect(run).toHaveStepped('pack', 2);
    await expect(run).not.toHaveStepped('ship');
    await expect(expect(run).toHaveStepped('pack', 3)).rejects.toThrow(/its steps are "charge card", "pack", "pack"/);
  });
});

describe('Steps that are run twice', () => {
  it('report a different result, and go on with the first', async () => {
    const failed: FailedCheck[] = [];
    const warn = jest.fn();
    let calls = 0;
    const counting = defineWorkflow('counting', (ctx) => ctx.step('count', () => ++calls));
    await using fermata = await createTestFermata({
      workflows: [counting],
      checks: { runStepsTwice: true },
      onCheckFailed: (check) => failed.push(check),
      logger: { debug: () => undefined, info: () => undefined, warn, error: () => undefined },
    });
    const run = await fermata.client.start(counting, { workflowId: 'c-1' });
    expect(await run.result()).toBe(1);
    const idempotencyKey = `${run.runId}:0`;
    const step = { workflowId: 'c-1', runId: run.runId, stepId: 0, name: 'count', idempotencyKey };
    expect(failed).toEqual([{ ...step, first: 1, second: { result: 2 } }]);
    expect(warn).toHaveBeenCalledWith(step, 'step gave something else when it was run again');
  });

  it('report an error of the second time', async () => {
    const failed: FailedCheck[] = [];
    let calls = 0;
    const once = defineWorkflow('once', (ctx) =>
      ctx.step('once', () => {
        if (++calls > 1) throw new Error('done already');
        return 'done';
      }),
    );
    await using fermata = await createTestFermata({
      workflows: [once],
      checks: { runStepsTwice: true },
      onCheckFailed: (check) => failed.push(check),
    });
    expect(await (await fermata.client.start(once)).result()).toBe('done');
    expect(failed).toMatchObject([{ name: 'once', second: { error: { message: 'done already' } } }]);
  });

  it('report nothing of idempotent steps, and leave those alone that must not run twice', async () => {
    const keys: string[] = [];
    const failed: FailedCheck[] = [];
    const fine = defineWorkflow('fine', async (ctx) => {
      await ctx.step('fine', ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        return { date: new Date(0), key: idempotencyKey };
      });
      await ctx.step('nothing', () => undefined);
      await ctx.step('at most once', ({ idempotencyKey }) => keys.push(idempotencyKey), { atMostOnce: true });
    });
    await using fermata = await createTestFermata({
      workflows: [fine],
      checks: { runStepsTwice: true },
      onCheckFailed: (check) => failed.push(check),
    });
    const run = await fermata.client.start(fine);
    await run.result();
    expect(keys).toEqual([`${run.runId}:0`, `${run.runId}:0`, `${run.runId}:2`]);
    expect(failed).toEqual([]);
  });
});

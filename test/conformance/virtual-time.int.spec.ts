import { describe, expect, it } from '@jest/globals';
import { defineSignal, defineUpdate, defineWorkflow, NonRetryableError } from '@fermata/sdk';
import { createTestFermata, StalledError } from '@fermata/testing';

const yearMs = 365 * 24 * 3_600_000;
const approval = defineSignal<{ readonly by: string }>('approval');

const yearOfDays = defineWorkflow('year of days', async (ctx) => {
  const begin = ctx.now().getTime();
  let days = 0;
  for (let day = 1; day <= 365; day++) {
    await ctx.sleep('1 day');
    days = await ctx.step('count', () => day);
  }
  return { days, sleptMs: ctx.now().getTime() - begin };
});

const nap = defineWorkflow<{ ms: number }, { from: number; to: number }>('nap', async (ctx, { ms }) => {
  const from = Date.now();
  await ctx.sleep(ms);
  return { from, to: Date.now() };
});

const approved = defineWorkflow('approved', async (ctx) => (await ctx.signal(approval)).by);

const remindedTwice = defineWorkflow('reminded', async (ctx) => {
  for (let reminders = 0; reminders < 2; reminders++) {
    try {
      return (await ctx.signal(approval, { timeout: '3 days' })).by;
    } catch {
      await ctx.step('remind', () => undefined);
    }
  }
  return 'nobody';
});

describe('Virtual time', () => {
  it('T6: a workflow that sleeps for a year ends in milliseconds', async () => {
    await using fermata = await createTestFermata({ workflows: [nap], start: new Date('2030-05-01T00:00:00Z') });
    const began = performance.now();
    const run = await fermata.client.start(nap, { input: { ms: yearMs } });
    const { from, to } = await run.result();
    console.log(`a year's sleep took ${(performance.now() - began).toFixed(1)} ms`);
    expect(new Date(from).toISOString()).toBe('2030-05-01T00:00:00.000Z');
    expect(to - from).toBe(yearMs);
    expect(fermata.now().getTime()).toBe(to);
  });

  it('T6: 365 days and steps of a workflow pass one by one', async () => {
    await using fermata = await createTestFermata({ workflows: [yearOfDays] });
    const began = performance.now();
    const run = await fermata.client.start(yearOfDays);
    expect(await run.result()).toEqual({ days: 365, sleptMs: yearMs });
    console.log(`365 days took ${(performance.now() - began).toFixed(1)} ms`);
  });

  it('T6: clocks of one process are independent', async () => {
    await using first = await createTestFermata({ workflows: [nap], start: new Date(0) });
    await using second = await createTestFermata({ workflows: [nap], start: new Date(1_000) });
    const [long, short] = await Promise.all([
      first.client.start(nap, { input: { ms: yearMs } }).then((run) => run.result()),
      second.client.start(nap, { input: { ms: 5 } }).then((run) => run.result()),
    ]);
    expect(long).toEqual({ from: 0, to: yearMs });
    expect(short).toEqual({ from: 1_000, to: 1_005 });
    expect(first.now()).toEqual(new Date(yearMs));
    expect(second.now()).toEqual(new Date(1_005));
  });

  it('T6: time stands still while nobody waits, and is skipped by hand', async () => {
    await using fermata = await createTestFermata({ workflows: [remindedTwice], start: new Date(0) });
    const run = await fermata.client.start(remindedTwice);
    await fermata.skip('2 days');
    expect(await run.describe()).toMatchObject({ waits: [{ kind: 'signal', name: 'approval' }] });
    expect((await run.history()).events.map(({ type }) => type)).not.toContain('TimerFired');
    await fermata.skip('2 days');
    expect(fermata.now()).toEqual(new Date(4 * 24 * 3_600_000));
    expect((await run.history()).events.filter(({ type }) => type === 'TimerFired')).toHaveLength(1);
    await run.signal(approval, { by: 'Ada' });
    expect(await run.result()).toBe('Ada');
  });

  it('T6: idle lets time pass until nothing happens any more', async () => {
    await using fermata = await createTestFermata({ workflows: [remindedTwice, nap], start: new Date(0) });
    const reminded = await fermata.client.start(remindedTwice);
    await fermata.client.start(nap, { input: { ms: 1_000 } });
    await fermata.idle();
    expect(fermata.now()).toEqual(new Date(6 * 24 * 3_600_000));
    expect((await reminded.describe()).status).toBe('completed');
  });

  it('T6: a wait that no time ends fails and says what is waited for', async () => {
    await using fermata = await createTestFermata({ workflows: [approved] });
    const run = await fermata.client.start(approved, { workflowId: 'order-1' });
    const waiting = run.result();
    await expect(waiting).rejects.toBeInstanceOf(StalledError);
    await expect(waiting).rejects.toThrow(/"order-1" of workflow "approved" waits for signal "approval"/);
    await run.signal(approval, { by: 'Grace' });
    expect(await run.result()).toBe('Grace');
  });

  it('T6: a result that is awaited for so long only is not there by then', async () => {
    await using fermata = await createTestFermata({ workflows: [nap], start: new Date(0) });
    const run = await fermata.client.start(nap, { input: { ms: yearMs } });
    await expect(run.result({ timeout: '1 hour' })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(fermata.now()).toEqual(new Date(3_600_000));
  });

  it('T6: retries and their back-off take no real time', async () => {
    const flaky = defineWorkflow('flaky', (ctx) =>
      ctx.step(
        'flaky',
        ({ attempt }) => {
          if (attempt < 6) throw new Error('not yet');
          return attempt;
        },
        { retry: { initialInterval: '1 hour', backoff: 2, maxInterval: '1 day' } },
      ),
    );
    await using fermata = await createTestFermata({
      workflows: [flaky],
      random: { next: () => 0.5, fill: (bytes) => bytes.fill(7) },
    });
    const began = fermata.now().getTime();
    const run = await fermata.client.start(flaky);
    expect(await run.result()).toBe(6);
    expect(fermata.now().getTime() - began).toBeGreaterThanOrEqual(15 * 3_600_000);
  });

  it('T6: a step that does real work holds time, and skipped time passes its limit', async () => {
    const limited = defineWorkflow<{ realMs: number }, string>('limited', (ctx, { realMs }) =>
      ctx.step(
        'work',
        ({ signal }) =>
          new Promise<string>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
            if (realMs < Infinity) setTimeout(() => resolve('done'), realMs);
          }),
        { timeout: '5 seconds', retry: { maxAttempts: 2, initialInterval: '1 second' } },
      ),
    );
    await using fermata = await createTestFermata({ workflows: [limited] });
    const began = fermata.now().getTime();
    const done = await fermata.client.start(limited, { input: { realMs: 20 } });
    expect(await done.result()).toBe('done');
    expect(fermata.now().getTime()).toBe(began);
    const hangs = await fermata.client.start(limited, { input: { realMs: Number.POSITIVE_INFINITY } });
    await fermata.skip('12 seconds');
    await expect(hangs.result()).rejects.toMatchObject({ code: 'STEP_TIMED_OUT' });
  });

  it('T6: an update whose handler sleeps is answered', async () => {
    const later = defineUpdate<string>('later');
    const updated = defineWorkflow('updated', async (ctx) => {
      ctx.onUpdate(later, async () => {
        await ctx.sleep('30 days');
        return 'at last';
      });
      await ctx.signal(approval);
    });
    await using fermata = await createTestFermata({ workflows: [updated] });
    const run = await fermata.client.start(updated);
    expect(await run.update(later)).toBe('at last');
  });

  it('runs mocks in place of steps, by name', async () => {
    const calls: string[] = [];
    const checkout = defineWorkflow('checkout', async (ctx) => {
      const { paymentId } = await ctx.step('charge card', (): { paymentId: string } => {
        throw new NonRetryableError('the real card was charged');
      });
      return ctx.step('ship', () => `${paymentId} shipped`);
    });
    await using fermata = await createTestFermata({
      workflows: [checkout],
      steps: {
        'charge card': ({ idempotencyKey }) => {
          calls.push(idempotencyKey);
          return { paymentId: 'p' };
        },
      },
    });
    const run = await fermata.client.start(checkout);
    expect(await run.result()).toBe('p shipped');
    expect(calls).toEqual([`${run.runId}:0`]);
  });
});

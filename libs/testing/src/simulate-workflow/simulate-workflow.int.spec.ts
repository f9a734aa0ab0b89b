import { describe, expect, it } from '@jest/globals';
import { toCommitId } from '@fermata/engine';
import { defineSignal, defineWorkflow, NonRetryableError } from '@fermata/sdk';
import { simulateWorkflow, SimulationError } from './simulate-workflow.js';

const approval = defineSignal<{ readonly approved: boolean }>('approval');

interface Order {
  readonly orderId: string;
  readonly items: number;
}

/** Charges by idempotency key, as a service that honours it. */
class Bank {
  readonly charges = new Map<string, string>();

  charge(idempotencyKey: string, orderId: string): string {
    const known = this.charges.get(idempotencyKey);
    if (known !== undefined) return known;
    const paymentId = `payment ${this.charges.size + 1} of ${orderId}`;
    this.charges.set(idempotencyKey, paymentId);
    return paymentId;
  }
}

function checkoutAt(bank: Bank) {
  return defineWorkflow<Order, { paymentId: string; packed: number[] }>('checkout', async (ctx, { orderId, items }) => {
    const packing = Array.from({ length: items }, (_, item) => ctx.step('pack', async () => item));
    const packed = await Promise.all(packing);
    const { approved } = await ctx.signal(approval, { timeout: '2 days' });
    if (!approved) throw new NonRetryableError('rejected');
    const paymentId = await ctx.step('charge', ({ idempotencyKey }) => bank.charge(idempotencyKey, orderId));
    await ctx.sleep('30 days');
    return { paymentId, packed };
  });
}

describe('simulateWorkflow', () => {
  it('kills the engine after every append, and a sound workflow ends all the same', async () => {
    const banks: Bank[] = [];
    const checkout = defineWorkflow<Order, { paymentId: string; packed: number[] }>('checkout', (ctx, order) => {
      const bank = banks.at(-1) ?? new Bank();
      return checkoutAt(bank).run(ctx, order);
    });
    for (let seed = 1; seed <= 20; seed++) {
      banks.push(new Bank());
      const [outcome] = await simulateWorkflow(checkout, {
        input: { orderId: 'o-1', items: 3 },
        seeds: [seed],
        signals: [{ name: 'approval', payload: { approved: true }, after: '1 hour' }],
      });
      expect(outcome).toMatchObject({
        seed,
        status: 'completed',
        result: { paymentId: 'payment 1 of o-1', packed: [0, 1, 2] },
      });
      expect(banks.at(-1)?.charges.size).toBe(1);
      const appends = new Set(outcome?.history.map(({ id }) => toCommitId(id)));
      expect(appends.size).toBeGreaterThanOrEqual(5);
      expect(outcome?.crashes).toBe(appends.size - 1);
    }
  });

  it('is the same each time under the same seed', async () => {
    const run = () =>
      simulateWorkflow(checkoutAt(new Bank()), {
        input: { orderId: 'o-1', items: 2 },
        seeds: 3,
        signals: [{ name: 'approval', payload: { approved: false } }],
      });
    const [first, second] = [await run(), await run()];
    expect(first.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(second).toEqual(first);
  });

  it('runs functions again whose end a crash hid', async () => {
    const outcomes = await simulateWorkflow(checkoutAt(new Bank()), {
      input: { orderId: 'o-1', items: 1 },
      seeds: 20,
      signals: [{ name: 'approval', payload: { approved: true } }],
    });
    expect(outcomes.every(({ stepCalls }) => (stepCalls.get('charge') ?? 0) >= 1)).toBe(true);
    expect(outcomes.some(({ stepCalls }) => (stepCalls.get('charge') ?? 0) > 1)).toBe(true);
  });

  it('finds a workflow that keeps state where a crash takes it away', async () => {
    let isFirst = true;
    const forgetful = defineWorkflow('forgetful', async (ctx) => {
      const name = isFirst ? 'greet' : 'greet again';
      isFirst = false;
      await ctx.step(name, () => undefined);
      await ctx.sleep('1 second');
    });
    const simulation = simulateWorkflow(forgetful, { input: undefined });
    await expect(simulation).rejects.toBeInstanceOf(SimulationError);
    await expect(simulation).rejects.toThrow(
      /"forgetful" failed under seed 1: the run is stuck.*\nRepeat it with seeds: \[1\]/s,
    );
  });

  it('finds effects that happen twice, by what the user checks, and names the seed', async () => {
    let balance = 0;
    const careless = defineWorkflow('careless', (ctx) => ctx.step('withdraw', () => void (balance += 10)));
    const simulation = simulateWorkflow(careless, {
      input: undefined,
      seeds: 50,
      check: () => {
        const withdrawn = balance;
        balance = 0;
        expect(withdrawn).toBe(10);
      },
    });
    const error = await simulation.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SimulationError);
    expect(error).toMatchObject({ seed: expect.any(Number), cause: { matcherResult: { pass: false } } });
  });

  it('refuses what the engine refuses, and says so', async () => {
    const large = simulateWorkflow(checkoutAt(new Bank()), { input: { orderId: 'x'.repeat(2_000_000), items: 1 } });
    await expect(large).rejects.toMatchObject({ cause: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  it('runs children, mocks, retries and runs that follow one another', async () => {
    const child = defineWorkflow<number, number>('child', async (ctx, n) => {
      await ctx.sleep('1 hour');
      return n * 2;
    });
    const parent = defineWorkflow<number, number>('parent', async (ctx, round): Promise<number> => {
      const doubled = await ctx.executeChild(child, { input: round });
      const mocked = await ctx.step('add', (): number => doubled);
      return round < 3 ? ctx.continueAsNew(round + 1) : mocked;
    });
    const outcomes = await simulateWorkflow(parent, {
      input: 1,
      seeds: 10,
      children: [child],
      steps: {
        add: ({ attempt }) => {
          if (attempt === 1) throw new Error('not yet');
          return 7;
        },
      },
    });
    expect(outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 10 }, () => 7));
  });
});

import { defineQuery, defineSignal, defineUpdate, defineWorkflow } from '@fermata/sdk';
import { z } from 'zod';

const CounterInput = z.object({ start: z.number().optional() }).prefault({});
const CounterResult = z.object({ value: z.number() });

export const add = defineSignal('add', { schema: z.object({ by: z.number() }) });
/** Adds and answers with the new value, once, however often it is sent; only what is above 0. */
export const addAndGet = defineUpdate<number, { by: number }>('add-and-get', {
  schema: z.object({ by: z.number() }),
});
export const stop = defineSignal('stop');
export const value = defineQuery<number>('value');

/**
 * Counts until it is told to stop. The count is a plain variable: after a crash the messages in the history bring it
 * back to where it stood.
 */
export const counter = defineWorkflow(
  'counter',
  { input: CounterInput, output: CounterResult, signals: [add, stop], updates: [addAndGet] },
  async (ctx, { start = 0 }) => {
    let count = start;
    ctx.onSignal(add, ({ by }) => {
      count += by;
    });
    ctx.onUpdate(addAndGet, ({ by }) => (count += by), { validate: refuseUnlessPositive });
    ctx.onQuery(value, () => count);
    await ctx.signal(stop);
    return { value: count };
  },
);

function refuseUnlessPositive({ by }: { readonly by: number }): void {
  if (by <= 0) throw new RangeError(`${by} is not above 0.`);
}

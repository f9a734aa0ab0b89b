import { defineQuery, defineSignal, defineWorkflow } from '@fermata/sdk';
import { z } from 'zod';

const CounterInput = z.object({ start: z.number().optional() }).prefault({});
const CounterResult = z.object({ value: z.number() });

export const add = defineSignal('add', { schema: z.object({ by: z.number() }) });
export const stop = defineSignal('stop');
export const value = defineQuery<number>('value');

/**
 * Counts until it is told to stop. The count is a plain variable: after a crash the signals in the history bring it
 * back to where it stood.
 */
export const counter = defineWorkflow(
  'counter',
  { input: CounterInput, output: CounterResult, signals: [add, stop] },
  async (ctx, { start = 0 }) => {
    let count = start;
    ctx.onSignal(add, ({ by }) => {
      count += by;
    });
    ctx.onQuery(value, () => count);
    await ctx.signal(stop);
    return { value: count };
  },
);

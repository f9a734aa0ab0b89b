import { setTimeout as pause } from 'node:timers/promises';
import { defineWorkflow } from '@fermata/sdk';
import { z } from 'zod';

const SequenceInput = z.object({
  steps: z.int().min(0).max(100_000),
  /** How long each step works, in milliseconds. */
  ms: z.int().min(0).max(3_600_000).optional(),
  /** How much each step's result carries along. */
  payloadBytes: z.int().min(0).optional(),
});

const SequenceResult = z.object({ last: z.int() });

/** Steps one after another; each gives its index. `last` is the last index, -1 when there was no step. */
export const sequence = defineWorkflow(
  'sequence',
  { input: SequenceInput, output: SequenceResult },
  async (ctx, { steps, ms = 0, payloadBytes = 0 }) => {
    let last = -1;
    for (let i = 0; i < steps; i++) {
      const result = await ctx.step('step', async () => {
        if (ms > 0) await pause(ms);
        return payloadBytes > 0 ? { i, padding: 'x'.repeat(payloadBytes) } : { i };
      });
      last = result.i;
    }
    return { last };
  },
);

import { setTimeout as pause } from 'node:timers/promises';
import { defineWorkflow } from '@fermata/sdk';
import { z } from 'zod';

const FanOutInput = z.object({
  branches: z.int().min(0).max(10_000),
  /** How long each branch works, in milliseconds. */
  ms: z.int().min(0).max(3_600_000).optional(),
});

const FanOutResult = z.object({ sum: z.int() });

/** Steps all at once, joined by `Promise.all`; each gives its index, and `sum` adds them up. */
export const fanOut = defineWorkflow(
  'fan-out',
  { input: FanOutInput, output: FanOutResult },
  async (ctx, { branches, ms = 0 }) => {
    const results = await Promise.all(
      Array.from({ length: branches }, (_, i) =>
        ctx.step('branch', async () => {
          if (ms > 0) await pause(ms);
          return { i };
        }),
      ),
    );
    return { sum: results.reduce((sum, { i }) => sum + i, 0) };
  },
);

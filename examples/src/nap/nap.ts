import { defineWorkflow } from '@fermata/sdk';
import { z } from 'zod';

const NapInput = z.object({ ms: z.int().min(0) });
const NapResult = z.object({ sleptMs: z.int() });

/** Sleeps durably. `sleptMs` is what the log says that it slept: never less than `ms`, more when the node was away. */
export const nap = defineWorkflow('nap', { input: NapInput, output: NapResult }, async (ctx, { ms }) => {
  const before = ctx.now().getTime();
  await ctx.sleep(ms);
  return { sleptMs: ctx.now().getTime() - before };
});

import { defineWorkflow } from '@fermata/sdk';
import { z } from 'zod';

const TickerInput = z.object({
  rounds: z.int().min(0),
  /** How many rounds a run makes before the next one takes over. */
  perRun: z.int().min(1),
  /** What the runs before have done: given by one run to the next. */
  before: z.object({ rounds: z.int(), runs: z.int() }).optional(),
});

const TickerResult = z.object({ rounds: z.int(), runs: z.int() });

/** Makes its rounds, a few in each run, so that no history grows long: what a workflow that runs for ever does. */
export const ticker = defineWorkflow(
  'ticker',
  { input: TickerInput, output: TickerResult },
  async (ctx, { rounds, perRun, before = { rounds: 0, runs: 0 } }) => {
    const runs = before.runs + 1;
    const end = Math.min(rounds, before.rounds + perRun);
    for (let round = before.rounds; round < end; round++) await ctx.step('tick', () => round);
    if (end < rounds) return ctx.continueAsNew({ rounds, perRun, before: { rounds: end, runs } });
    return { rounds, runs };
  },
);

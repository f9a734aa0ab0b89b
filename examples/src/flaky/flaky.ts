import { defineWorkflow, NonRetryableError } from '@fermata/sdk';
import { z } from 'zod';

const FlakyInput = z.object({
  failures: z.int().min(0),
  /** The failures are of the kind after which trying again is of no use. */
  nonRetryable: z.boolean().optional(),
});

const FlakyResult = z.object({ attempts: z.int() });

/** One step that fails `failures` times before it succeeds. `attempts` counts the successful one too. */
export const flaky = defineWorkflow(
  'flaky',
  { input: FlakyInput, output: FlakyResult },
  async (ctx, { failures, nonRetryable = false }) => {
    const attempts = await ctx.step(
      'flaky',
      ({ attempt }) => {
        if (attempt > failures) return attempt;
        const message = `Attempt ${attempt} of ${failures} that fail.`;
        throw nonRetryable ? new NonRetryableError(message) : new Error(message);
      },
      { retry: { initialInterval: '100ms', backoff: 2, maxInterval: '5s' } },
    );
    return { attempts };
  },
);

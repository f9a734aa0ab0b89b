import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineWorkflow, NonRetryableError, type StepContext } from '@fermata/sdk';

export interface Job {
  readonly n: number;
}

/**
 * A bit of everything: a sequence, a fan-out, a timer, a retry and a failure that is caught. Each attempt of a step
 * leaves a line in the ledger.
 */
export function survivorIn(folder: string) {
  const enter = ({ idempotencyKey, name }: StepContext): void =>
    appendFileSync(join(folder, 'ledger'), `${idempotencyKey} ${name}\n`);
  return defineWorkflow<Job, number>('survivor', async (ctx, { n }) => {
    const first = await ctx.step('first', (step) => (enter(step), n));
    const parts = await Promise.all(
      [1, 2, 3].map((part) => ctx.step(`part ${part}`, async (step) => (enter(step), Promise.resolve(part * first)))),
    );
    await ctx.sleep(5);
    const flaky = await ctx.step(
      'flaky',
      (step) => {
        enter(step);
        if (step.attempt === 1) throw new Error('not yet');
        return 1;
      },
      { retry: { initialInterval: 1 } },
    );
    const refused = await ctx
      .step('refused', (step) => {
        enter(step);
        throw new NonRetryableError('no');
      })
      .catch(() => 10);
    return parts.reduce((sum, part) => sum + part, flaky + refused);
  });
}

export function resultOf({ n }: Job): number {
  return 6 * n + 11;
}

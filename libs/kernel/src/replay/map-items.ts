import { FermataError } from '../errors/fermata-error.js';
import type { MapOptions, WorkflowContext } from '../workflow/context.js';

const concurrencyDefault = 10;

/** Works on the items in lanes; when more than `tolerate` have failed it throws what the last of them failed with. */
export async function mapItems<Item, Result>(
  ctx: WorkflowContext,
  items: readonly Item[],
  work: (ctx: WorkflowContext, item: Item, index: number) => Promise<Result>,
  { concurrency = concurrencyDefault, tolerate = 0 }: MapOptions,
): Promise<(Result | undefined)[]> {
  if (!(Number.isInteger(concurrency) && concurrency >= 1)) throw notALaneCount(concurrency);
  const results = new Array<Result | undefined>(items.length).fill(undefined);
  const entries = items.entries();
  let failures = 0;
  const lane = async (): Promise<void> => {
    // All lanes take from one iterator.
    for (const [index, item] of entries) {
      try {
        results[index] = await work(ctx, item, index);
      } catch (error) {
        failures++;
        if (ctx.isCancelled || failures > tolerate) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  return results;
}

function notALaneCount(concurrency: number): FermataError {
  return new FermataError('VALIDATION_FAILED', {
    message: `concurrency is ${concurrency}.`,
    fix: 'Give a whole number from 1 up.',
  });
}

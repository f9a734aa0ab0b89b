import {
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  NonRetryableError,
  TimeoutError,
  type WorkflowContext,
} from '@fermata/sdk';

/**
 * One workflow that asks for everything that a history can hold. Never to be changed: what released versions recorded
 * of it must replay for ever. A new feature gets a workflow of its own beside it.
 */
export const nudge = defineSignal<number>('nudge');
export const rename = defineUpdate<string, string>('rename');
export const nameNow = defineQuery<string>('name');

const leaf = defineWorkflow<number, number>('leaf', async (ctx, n) => {
  if (n < 0) throw new RangeError('below zero');
  return ctx.step('double', () => 2 * n);
});

const waitingLeaf = defineWorkflow('waiting-leaf', (ctx) => ctx.signal('never'));

const everyFeature = defineWorkflow<number, unknown>('every-feature', async (ctx, input) => {
  let name = 'unnamed';
  const nudges: number[] = [];
  ctx.onQuery(nameNow, () => name);
  ctx.onSignal(nudge, (by) => void nudges.push(by));
  ctx.onUpdate(rename, async (to) => {
    if (to === 'refused') throw new TypeError('no such name');
    name = await ctx.step('check name', () => to.toUpperCase());
    return name;
  });
  ctx.setSearchAttributes({ customer: 'ana', total: input });
  const drawn = [ctx.random(), ctx.uuid(), Math.random(), crypto.randomUUID()];
  const isNew = ctx.patch('first patch');
  const values = await Promise.all([
    ctx.step('values', () => ({
      at: new Date(0),
      big: 1n,
      map: new Map([[1, new Set(['a'])]]),
      bytes: new Uint8Array([1]),
    })),
    ctx.step(
      'retried',
      ({ attempt }) => {
        if (attempt < 2) throw new Error('not yet', { cause: new Error('because') });
        return attempt;
      },
      { retry: { initialInterval: 1 } },
    ),
    ctx.step('once', () => 'once', { atMostOnce: true }),
    ctx.step('fallen back', () => Promise.reject(new Error('no')), {
      retry: { maxAttempts: 1 },
      fallback: () => 'instead',
    }),
  ]);
  const raced = await ctx.scope((scope) => Promise.race([scope.sleep('1 day'), scope.step('quick', () => 'quick')]));
  const timedOut = await ctx.signal('never', { timeout: 1 }).catch((error: unknown) => error instanceof TimeoutError);
  const limited = await ctx.scope((scope) => scope.signal('never'), { timeout: 1 }).catch(() => 'over');
  await new Promise((resolve) => setTimeout(resolve, 1));
  const mapped = await ctx.map([1, 2, 3], (item, n) => item.step(`item ${n}`, () => n * n), { concurrency: 2 });
  const child = await ctx.executeChild(leaf, { input: input });
  const failed = await ctx
    .executeChild(leaf, { input: -1, workflowId: `${ctx.workflowId}/failing` })
    .catch(() => 'failed');
  const cancelled = await cancelledChild(ctx);
  await ctx.startChild(waitingLeaf, { parentClosePolicy: 'terminate' });
  const isMet = await ctx.condition(() => nudges.length === 2 && name !== 'unnamed');
  await ctx.signalWorkflow(`${ctx.workflowId}-other`, nudge, 7);
  return { drawn, isNew, values, raced, timedOut, limited, mapped, child, failed, cancelled, isMet, nudges, name };
});

async function cancelledChild(ctx: WorkflowContext): Promise<string> {
  const child = await ctx.startChild(waitingLeaf);
  child.cancel();
  return child.result().then(
    () => 'completed',
    () => 'cancelled',
  );
}

const undone = defineWorkflow('undone', async (ctx) => {
  await ctx.step('book', () => 'booked', { compensate: () => 'unbooked' });
  await ctx.step('pay', () => 'paid', {
    compensate: () => Promise.reject(new NonRetryableError('kept')),
    retry: { maxAttempts: 1 },
  });
  await ctx.signal('never');
});

export const features = { everyFeature, leaf, waitingLeaf, undone };

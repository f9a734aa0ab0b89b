import { createFermata, defineWorkflow, type WorkflowContext, type WorkflowHandle } from '@fermata/sdk';
import { openInMemoryEventStore } from '@fermata/testing';

/** A branch that nobody awaits, in a process of its own because the test runner has its own say in rejections. */
async function branch(ctx: WorkflowContext): Promise<void> {
  await ctx.sleep('1 day');
  await ctx.sleep('1 day');
}

const scoped = defineWorkflow('scoped', async (ctx) => {
  await ctx.scope(async (inner) => void branch(inner));
  const limited = ctx.scope(
    async (inner) => {
      void branch(inner);
      await inner.sleep('1 day');
    },
    { timeout: '5ms' },
  );
  await limited.catch(() => undefined);
  await ctx.sleep('5ms');
});
const open = defineWorkflow('open', async (ctx) => {
  void branch(ctx);
  await ctx.signal('never');
});

await using fermata = await createFermata({ store: openInMemoryEventStore(), workflows: [scoped, open] });
const { client } = fermata;
const runs = [await client.start(scoped), await client.start(open, { runTimeout: '10ms' }), await client.start(open)];
await runs[2]?.cancel();

async function endOf(run: WorkflowHandle<void>): Promise<string> {
  await run.result({ timeout: '5s' }).catch(() => undefined);
  const { events } = await run.history();
  const isStuck = events.some(({ type }) => type === 'WorkflowStuck');
  return isStuck ? 'stuck' : (await run.describe()).status;
}
console.log(JSON.stringify(await Promise.all(runs.map(endOf))));

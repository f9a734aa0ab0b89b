import { readFileSync } from 'node:fs';
import { createFermata, defineSignal, defineWorkflow, type Failure, type WorkflowContext } from '@fermata/sdk';
import { openInMemoryEventStore } from '@fermata/testing';

/** What needs a process of its own, because the test runner has its own say in it. */
const misbehaviours: Readonly<Record<string, (ctx: WorkflowContext) => unknown>> = {
  'a rejection left alone': async (ctx) => {
    void Promise.reject(new Error('left alone'));
    await ctx.signal(never);
  },
  'a named import of a built-in module': () => readFileSync('package.json', 'utf8'),
  'modules loaded while the workflow runs, and its log': async (ctx) => {
    console.log('from the workflow');
    const { describeMode } = await import('./loaded-later.js');
    return describeMode(await ctx.step('second', () => 2));
  },
};

const never = defineSignal('never');
const [what = ''] = process.argv.slice(2);
const bad = defineWorkflow<void, unknown>('bad', async (ctx) => {
  await ctx.step('first', () => 1);
  return misbehaviours[what]?.(ctx);
});
const good = defineWorkflow('good', (ctx) => ctx.step('work', () => 'done'));

await using fermata = await createFermata({ store: openInMemoryEventStore(), workflows: [bad, good] });
const handle = await fermata.client.start(bad);
let status = 'running';
for (let looks = 0; status === 'running' && looks < 1_000; looks++) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  ({ status } = await handle.describe());
}
const { events } = await handle.history();
const stuck = events.find(({ type }) => type === 'WorkflowStuck')?.data as { readonly failure: Failure } | undefined;
const other = await (await fermata.client.start(good)).result();
const details = stuck?.failure.details as { readonly site?: string } | undefined;
console.log(
  JSON.stringify({ seen: stuck?.failure.code ?? status, site: details?.site, message: stuck?.failure.message, other }),
);

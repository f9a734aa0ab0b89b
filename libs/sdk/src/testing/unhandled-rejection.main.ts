import { join } from 'node:path';
import { createFermata, defineWorkflow } from '../index.js';

const [folder = '.'] = process.argv.slice(2);

const bad = defineWorkflow('bad', async (ctx) => {
  await ctx.step('first', () => 1);
  void Promise.reject(new Error('left alone'));
  await ctx.signal('never');
});
const good = defineWorkflow('good', (ctx) => ctx.step('work', () => 'done'));

const fermata = await createFermata({ store: `sqlite:${join(folder, 'log.db')}`, workflows: [bad, good] });
const handle = await fermata.client.start(bad);
let status = 'running';
for (let looks = 0; status === 'running' && looks < 1_000; looks++) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  ({ status } = await handle.describe());
}
const { events } = await handle.history();
const failure = events.find(({ type }) => type === 'WorkflowStuck')?.data as { failure: { code: string } } | undefined;
const result = await (await fermata.client.start(good)).result();
console.log(`${status} ${failure?.failure.code ?? 'nothing'}, then ${result}`);
await fermata.close();

import { expect, it } from '@jest/globals';
import { ChildError, defineSignal, defineWorkflow, NonRetryableError } from '@fermata/sdk';
import { describeConformance, until } from './harness.js';

const go = defineSignal<string>('go');

describeConformance('children and lineage', (stage) => {
  const echo = defineWorkflow<{ n: number }, { n: number }>('echo', async (ctx, { n }) => {
    if (n < 0) throw new NonRetryableError('negative');
    return { n: await ctx.step('think', () => n * 2) };
  });

  it('C1: the result and the failure of a child reach the parent, with its IDs', async () => {
    const parent = defineWorkflow('parent', async (ctx) => {
      const good = await ctx.executeChild(echo, { workflowId: 'good', input: { n: 21 } });
      const bad = await ctx.executeChild(echo, { workflowId: 'bad', input: { n: -1 } }).catch((error: unknown) => error);
      if (!(bad instanceof ChildError)) throw new Error('no child error');
      return { good, bad: { workflowId: bad.workflowId, message: bad.message, status: bad.status } };
    });
    const { client } = await stage.boot([echo, parent]);
    const handle = await client.start(parent);
    expect(await handle.result()).toEqual({
      good: { n: 42 },
      bad: { workflowId: 'bad', message: 'negative', status: 'failed' },
    });
  });

  it('C2: a child that is open when its parent closes is dealt with as its policy says', async () => {
    const waiting = defineWorkflow('waiting', async (ctx) => ctx.signal(go));
    const parent = defineWorkflow('parent', async (ctx) => {
      await ctx.startChild(waiting, { workflowId: 'terminated', parentClosePolicy: 'terminate' });
      await ctx.startChild(waiting, { workflowId: 'cancelled', parentClosePolicy: 'cancel' });
      await ctx.startChild(waiting, { workflowId: 'abandoned', parentClosePolicy: 'abandon' });
    });
    const { client } = await stage.boot([waiting, parent]);
    await (await client.start(parent)).result();
    const statusOf = async (id: string): Promise<string> => (await client.describe(id)).status;
    expect(await until(() => statusOf('terminated'), (status) => status !== 'running')).toBe('terminated');
    expect(await until(() => statusOf('cancelled'), (status) => status !== 'running')).toBe('cancelled');
    expect(await statusOf('abandoned')).toBe('running');
  });

  it('C5: continue-as-new goes on under the same ID, and clients get the result of the last run', async () => {
    const ticker = defineWorkflow<{ left: number; runs: number }, number>('ticker', async (ctx, { left, runs }) => {
      await ctx.step('tick', () => left);
      if (left > 1) return ctx.continueAsNew({ left: left - 1, runs: runs + 1 });
      return runs;
    });
    const { client } = await stage.boot([ticker]);
    const handle = await client.start(ticker, { workflowId: 'ticker', input: { left: 4, runs: 1 } });
    expect(await handle.result()).toBe(4);
    expect((await client.list()).items.map(({ status }) => status).sort()).toEqual([
      'completed',
      'continued-as-new',
      'continued-as-new',
      'continued-as-new',
    ]);
  });
});

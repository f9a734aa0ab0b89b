import { TemporaryEngine } from '../testing/temporary-engine.js';
import { ticker } from './ticker.js';

describe('ticker', () => {
  it.each([
    { rounds: 10, perRun: 4, runs: 3 },
    { rounds: 8, perRun: 4, runs: 2 },
    { rounds: 3, perRun: 10, runs: 1 },
    { rounds: 0, perRun: 1, runs: 1 },
  ])('makes $rounds rounds, $perRun a run, in $runs runs', async ({ rounds, perRun, runs }) => {
    await using engine = await TemporaryEngine.open(ticker);
    const run = await engine.client.start(ticker, { input: { rounds, perRun } });
    expect(await run.result()).toEqual({ rounds, runs });
    const { items } = await engine.client.list({ filter: 'workflowType = "ticker"' });
    const continued = items.filter(({ status }) => status === 'continued-as-new');
    expect([items.length, continued.length]).toEqual([runs, runs - 1]);
  });

  it('makes no more rounds in a run than it may', async () => {
    await using engine = await TemporaryEngine.open(ticker);
    const run = await engine.client.start(ticker, { input: { rounds: 5, perRun: 2 } });
    await run.result();
    const { events } = await run.history();
    expect(events.filter(({ type }) => type === 'StepScheduled')).toHaveLength(2);
    expect(events.at(-1)?.type).toBe('WorkflowContinuedAsNew');
  });
});

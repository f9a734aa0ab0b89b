import { TemporaryEngine } from '../testing/temporary-engine.js';
import { fanOut } from './fan-out.js';

describe('fan-out', () => {
  it('adds up what its branches give', async () => {
    await using engine = await TemporaryEngine.open(fanOut);
    const run = await engine.client.start(fanOut, { input: { branches: 100 } });
    expect(await run.result()).toEqual({ sum: 4_950 });
  });

  it('asks for all branches in one turn, before the first has ended', async () => {
    await using engine = await TemporaryEngine.open(fanOut);
    const run = await engine.client.start(fanOut, { input: { branches: 5, ms: 5 } });
    await run.result();
    const events = await engine.historyOf(run);
    expect(events.slice(0, 6).map(({ type }) => type)).toEqual(['WorkflowStarted', ...Array(5).fill('StepScheduled')]);
    expect(events[1]).toMatchObject({ data: { name: 'branch' } });
  });

  it('gives 0 when there is no branch', async () => {
    await using engine = await TemporaryEngine.open(fanOut);
    const run = await engine.client.start(fanOut, { input: { branches: 0 } });
    expect(await run.result()).toEqual({ sum: 0 });
  });
});

import { TemporaryEngine } from '../testing/temporary-engine.js';
import { nap } from './nap.js';

const yearMs = 365 * 24 * 3_600_000;

describe('nap', () => {
  it('sleeps no less than it is told to', async () => {
    await using engine = await TemporaryEngine.open(nap);
    const run = await engine.client.start(nap, { input: { ms: 20 } });
    const { sleptMs } = await run.result();
    expect(sleptMs).toBeGreaterThanOrEqual(20);
  });

  it('sleeps for a year, and through a restart', async () => {
    await using engine = await TemporaryEngine.open(nap);
    const { workflowId } = await engine.client.start(nap, { input: { ms: yearMs } });
    await engine.restart();
    const run = engine.client.handle(nap, workflowId);
    engine.clock.moveOn(yearMs - 60_000);
    expect(await run.describe()).toMatchObject({ status: 'running', waits: [{ kind: 'timer' }] });
    engine.clock.moveOn(60_000);
    const { sleptMs } = await run.result();
    expect(sleptMs).toBeGreaterThanOrEqual(yearMs);
  });
});

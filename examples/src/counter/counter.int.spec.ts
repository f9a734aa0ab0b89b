import { TemporaryEngine } from '../testing/temporary-engine.js';
import { add, addAndGet, counter, stop, value } from './counter.js';

describe('counter', () => {
  it('counts signals from where it starts, tells its value, and ends when told to stop', async () => {
    await using engine = await TemporaryEngine.open(counter);
    const run = await engine.client.start(counter, { input: { start: 10 } });
    await run.signal(add, { by: 5 });
    await run.signal(add, { by: -2 });
    expect(await run.query(value)).toBe(13);
    await run.signal(stop, undefined);
    expect(await run.result()).toEqual({ value: 13 });
    expect(await run.query(value)).toBe(13);
  });

  it('starts at 0', async () => {
    await using engine = await TemporaryEngine.open(counter);
    const run = await engine.client.start(counter, { input: {} });
    expect(await run.query(value)).toBe(0);
  });

  it('has its count again after a restart', async () => {
    await using engine = await TemporaryEngine.open(counter);
    const { workflowId } = await engine.client.start(counter, { workflowId: 'visitors', input: {} });
    await engine.client.handle(counter, workflowId).signal(add, { by: 7 });
    await engine.restart();
    const again = engine.client.handle(counter, workflowId);
    expect(await again.query(value)).toBe(7);
    await again.signal(add, { by: 1 });
    expect(await again.query(value)).toBe(8);
  });

  it('adds and answers with the value, once for each request', async () => {
    await using engine = await TemporaryEngine.open(counter);
    const run = await engine.client.start(counter, { input: { start: 1 } });
    expect(await run.update(addAndGet, { by: 4 })).toBe(5);
    expect(await run.update(addAndGet, { by: 2 }, { requestId: 'same' })).toBe(7);
    expect(await run.update(addAndGet, { by: 2 }, { requestId: 'same' })).toBe(7);
    expect(await run.query(value)).toBe(7);
  });

  it.each([0, -3])('rejects to add %d, and leaves no trace of it', async (by) => {
    await using engine = await TemporaryEngine.open(counter);
    const run = await engine.client.start(counter, { input: {} });
    await expect(run.update(addAndGet, { by })).rejects.toMatchObject({
      code: 'UPDATE_REJECTED',
      message: expect.stringContaining(`${by} is not above 0.`),
    });
    const events = await engine.historyOf(run);
    expect(events.map(({ type }) => type)).toEqual(['WorkflowStarted', 'SignalAwaited']);
  });

  it('counts a signal that is sent twice under one request ID once', async () => {
    await using engine = await TemporaryEngine.open(counter);
    const run = await engine.client.start(counter, { input: {} });
    await run.signal(add, { by: 1 }, { requestId: 'same' });
    await run.signal(add, { by: 1 }, { requestId: 'same' });
    expect(await run.query(value)).toBe(1);
  });
});

import { TemporaryEngine } from '../testing/temporary-engine.js';
import { sequence } from './sequence.js';

describe('sequence', () => {
  it('runs its steps one after another and gives the last index', async () => {
    await using engine = await TemporaryEngine.open(sequence);
    const run = await engine.client.start(sequence, { input: { steps: 10 } });
    expect(await run.result()).toEqual({ last: 9 });
    const events = await engine.historyOf(run);
    const steps = events.filter(({ type }) => type === 'StepScheduled' || type === 'StepSucceeded');
    expect(steps.map(({ type }) => type)).toEqual(
      Array.from({ length: 10 }, () => ['StepScheduled', 'StepSucceeded']).flat(),
    );
    expect(events).toContainEqual(expect.objectContaining({ data: expect.objectContaining({ name: 'step' }) }));
  });

  it('gives -1 when there is no step', async () => {
    await using engine = await TemporaryEngine.open(sequence);
    const run = await engine.client.start(sequence, { input: { steps: 0 } });
    expect(await run.result()).toEqual({ last: -1 });
  });

  it('records results of the size that is asked for', async () => {
    await using engine = await TemporaryEngine.open(sequence);
    const run = await engine.client.start(sequence, { input: { steps: 1, payloadBytes: 5_000 } });
    await run.result();
    const events = await engine.historyOf(run);
    const outcome = events.find(({ type }) => type === 'StepSucceeded');
    expect(JSON.stringify(outcome?.data).length).toBeGreaterThan(5_000);
  });

  it('goes on after a restart where it was', async () => {
    await using engine = await TemporaryEngine.open(sequence);
    const run = await engine.client.start(sequence, { input: { steps: 4, ms: 25 } });
    await engine.restart();
    const again = engine.client.handle(sequence, run.workflowId);
    expect(await again.result()).toEqual({ last: 3 });
    const events = await engine.historyOf(again);
    expect(events.filter(({ type }) => type === 'StepSucceeded')).toHaveLength(4);
  });

  it('refuses an input without a number of steps', async () => {
    await using engine = await TemporaryEngine.open(sequence);
    await expect(engine.client.start('sequence', { input: { steps: 'many' } })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

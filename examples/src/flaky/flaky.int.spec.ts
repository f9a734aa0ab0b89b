import { TemporaryEngine } from '../testing/temporary-engine.js';
import { flaky } from './flaky.js';

describe('flaky', () => {
  it('is tried again until it succeeds, and each failed attempt is on record', async () => {
    await using engine = await TemporaryEngine.open(flaky);
    const run = await engine.client.start(flaky, { input: { failures: 2 } });
    expect(await run.result()).toEqual({ attempts: 3 });
    const events = await engine.historyOf(run);
    const failed = events.filter(({ type }) => type === 'StepAttemptFailed');
    expect(failed.map(({ data }) => data)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  it('fails at once when trying again is of no use', async () => {
    await using engine = await TemporaryEngine.open(flaky);
    const run = await engine.client.start(flaky, { input: { failures: 2, nonRetryable: true } });
    await expect(run.result()).rejects.toMatchObject({ message: 'Attempt 1 of 2 that fail.' });
    const events = await engine.historyOf(run);
    expect(events.map(({ type }) => type)).toEqual([
      'WorkflowStarted',
      'StepScheduled',
      'StepFailed',
      'WorkflowFailed',
    ]);
  });
});

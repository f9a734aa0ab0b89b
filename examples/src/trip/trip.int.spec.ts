import { TemporaryEngine } from '../testing/temporary-engine.js';
import { trip } from './trip.js';

describe('trip', () => {
  it('books everything', async () => {
    await using engine = await TemporaryEngine.open(trip);
    const run = await engine.client.start(trip, { input: {} });
    expect(await run.result()).toEqual({ booked: ['flight', 'hotel', 'car'] });
  });

  it.each([
    { failAt: 'car', compensated: ['hotel', 'flight'] },
    { failAt: 'hotel', compensated: ['flight'] },
  ] as const)('cancels $compensated when there is no $failAt', async ({ failAt, compensated }) => {
    await using engine = await TemporaryEngine.open(trip);
    const run = await engine.client.start(trip, { input: { failAt } });
    await expect(run.result()).rejects.toMatchObject({
      message: `There is no ${failAt} to be had.`,
      failure: { details: { compensated } },
    });
  });

  it('has nothing to cancel when there is no flight', async () => {
    await using engine = await TemporaryEngine.open(trip);
    const run = await engine.client.start(trip, { input: { failAt: 'flight' } });
    await expect(run.result()).rejects.toMatchObject({ message: 'There is no flight to be had.' });
    const events = await engine.historyOf(run);
    expect(events.filter(({ type }) => type === 'StepScheduled')).toHaveLength(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { rough } from './faults.js';
import { simulate } from './world.js';

const seeds = Array.from({ length: 400 }, (_, index) => index + 1);
/** Seeds that failed once, and what they found. Kept for ever. */
const seedsThatFailedOnce: readonly number[] = [];

describe('an engine that is crashed, doubled, cut off and lied to', () => {
  it.each([...seeds, ...seedsThatFailedOnce])(
    'seed %i: loses nothing acknowledged, records nothing twice, replays what it did',
    async (seed) => {
      const { violations } = await simulate({ seed, faults: rough });
      // To repeat: npm run test:simulation -- --seeds 1 --start <seed> --verbose
      expect(violations).toEqual([]);
    },
  );

  it('tells the same story for the same seed', async () => {
    for (const seed of [3, 33, 333]) {
      const [first, second] = [await simulate({ seed, faults: rough }), await simulate({ seed, faults: rough })];
      expect(second.log).toEqual(first.log);
      expect(first.log.length).toBeGreaterThan(0);
    }
  });

  it('crashes, in fact', async () => {
    let crashes = 0;
    for (let seed = 1; seed <= 20; seed++) crashes += (await simulate({ seed, faults: rough })).crashes;
    expect(crashes).toBeGreaterThan(10);
  });
});

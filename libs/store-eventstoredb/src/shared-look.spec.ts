import { describe, expect, it } from '@jest/globals';
import { SharedLook } from './shared-look.js';

describe('A shared look', () => {
  it('is taken once more for all who ask while one is under way, never shared with one begun before', async () => {
    const ends: ((seen: number) => void)[] = [];
    const shared = new SharedLook<number>(() => new Promise((resolve) => ends.push(resolve)));
    const first = shared.ask();
    const [second, third] = [shared.ask(), shared.ask()];
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    expect(ends).toHaveLength(2);
    const fourth = shared.ask();
    ends[1]?.(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    await Promise.resolve();
    expect(ends).toHaveLength(3);
    ends[2]?.(3);
    expect(await fourth).toBe(3);
  });

  it('fails those only who asked for the look that failed', async () => {
    const outcomes = [Promise.reject(new Error('gone')), Promise.resolve(2)];
    const shared = new SharedLook<number>(() => outcomes.shift() ?? Promise.resolve(0));
    const [first, second] = [shared.ask(), shared.ask()];
    await expect(first).rejects.toThrow('gone');
    expect(await second).toBe(2);
  });
});

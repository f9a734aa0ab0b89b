import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.js';

/** Work that says when it has begun, and ends when it is told to. */
function manualWork(count: number) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (index: number) => (): Promise<number> =>
    new Promise((resolve) => {
      begun.push(index);
      ends[index] = () => resolve(index);
    });
  return { begun, ends, works: Array.from({ length: count }, (_, index) => work(index)) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A turnstile', () => {
  it('lets so many through at a time, first come, first served', async () => {
    const turnstile = new Turnstile(2);
    const { begun, ends, works } = manualWork(4);
    const passed = works.map((work) => turnstile.pass(work));
    await turn();
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    await turn();
    for (const index of [2, 3]) ends[index]?.();
    expect(await Promise.all(passed)).toEqual([0, 1, 2, 3]);
  });

  it('lets the next one in when work fails', async () => {
    const turnstile = new Turnstile(1);
    const failing = turnstile.pass(() => Promise.reject(new Error('no')));
    const next = turnstile.pass(() => Promise.resolve('in'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('in');
  });

  it('lets one through at a time once narrowed, until widened', async () => {
    const turnstile = new Turnstile(3);
    const { begun, ends, works } = manualWork(5);
    turnstile.narrow();
    works.forEach((work) => void turnstile.pass(work));
    await turn();
    expect(begun).toEqual([0]);
    ends[0]?.();
    await turn();
    expect(begun).toEqual([0, 1]);
    turnstile.widen();
    await turn();
    expect(begun).toEqual([0, 1, 2, 3]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('rings on its way to a time what is due by then, in due order, each once', () => {
    const clock = new VirtualClock(1_000);
    const rung: string[] = [];
    const every = (): void => {
      rung.push(`every at ${clock.now()}`);
      clock.after(5, every);
    };
    clock.after(5, every);
    clock.after(20, () => rung.push('late'));
    clock.after(10, () => rung.push('early'));
    clock.after(1_000, () => rung.push('too late'));
    clock.advanceTo(1_100);
    expect(rung).toEqual(['every at 1100', 'early', 'late']);
    expect(clock.nextAt).toBe(1_105);
  });

  it('does not ring what an earlier alarm cancels, nor go back', () => {
    const clock = new VirtualClock(0);
    const rung: string[] = [];
    clock.after(1, () => cancel());
    const cancel = clock.after(2, () => rung.push('cancelled'));
    clock.after(0, () => rung.push('at once'));
    clock.advanceTo(-5);
    expect([clock.now(), rung]).toEqual([0, ['at once']]);
    clock.advanceTo(10);
    expect([clock.now(), rung]).toEqual([10, ['at once']]);
  });
});

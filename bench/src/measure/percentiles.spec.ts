import { percentile, percentiles } from './percentiles.js';

describe('percentiles', () => {
  it('takes the nearest rank, never a value between two samples', () => {
    expect(percentile([4, 1, 3, 2], 50)).toBe(2);
    expect(percentile([4, 1, 3, 2], 51)).toBe(3);
  });

  it('sorts by number, not by text', () => {
    expect(percentile([10, 9, 100], 50)).toBe(10);
  });

  it('gives the same sample for all of them when there is only one', () => {
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
  });

  it('counts 1 to 100 as one would', () => {
    const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentiles(samples)).toEqual({ p50: 50, p95: 95, p99: 99 });
  });

  it('has no answer without samples', () => {
    expect(percentile([], 50)).toBeNaN();
  });
});

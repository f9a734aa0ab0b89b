/** Nearest rank over all samples. NaN when there is none. Source: NIST Engineering Statistics Handbook, 7.2.6.2. */
export function percentile(samples: readonly number[], percent: number): number {
  return ofSorted(Float64Array.from(samples).sort(), percent);
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function percentiles(samples: readonly number[]): Percentiles {
  const sorted = Float64Array.from(samples).sort();
  return { p50: ofSorted(sorted, 50), p95: ofSorted(sorted, 95), p99: ofSorted(sorted, 99) };
}

function ofSorted(sorted: Float64Array, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? NaN;
}

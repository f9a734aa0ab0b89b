import type { BenchResult } from './table.js';

/** W1 is held against the raw store in the same run: each of its results gets its share of W9 at that concurrency. */
export function withFloorShares(results: readonly BenchResult[]): readonly BenchResult[] {
  return results.map((result) => (result.workload === 'W1' ? withShare(result, floorOf(result, results)) : result));
}

function floorOf({ setting }: BenchResult, results: readonly BenchResult[]): BenchResult | undefined {
  return results.find(
    ({ workload, setting: other }) =>
      workload === 'W9' && other.store === setting.store && other.concurrency === setting.concurrency,
  );
}

function withShare(result: BenchResult, floor: BenchResult | undefined): BenchResult {
  const rate = result.figures['workflowsPerSecond'];
  const floorRate = floor?.figures['workflowsPerSecond'];
  if (rate === undefined || floorRate === undefined) return result;
  return { ...result, figures: { ...result.figures, W9Share: rate / floorRate } };
}

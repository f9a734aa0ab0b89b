import { withFloorShares } from './comparisons.js';
import type { BenchResult } from './table.js';

function aResult(workload: string, concurrency: number, workflowsPerSecond: number): BenchResult {
  return { workload, title: '', setting: { store: 'sqlite', concurrency }, figures: { workflowsPerSecond } };
}

describe('withFloorShares', () => {
  it('holds W1 against W9 at the same concurrency', () => {
    const [w1] = withFloorShares([aResult('W1', 16, 500), aResult('W9', 1, 100), aResult('W9', 16, 2_000)]);
    expect(w1?.figures).toEqual({ workflowsPerSecond: 500, W9Share: 0.25 });
  });

  it('says nothing where W9 was not run', () => {
    const results = [aResult('W1', 16, 500), aResult('W9', 64, 2_000)];
    expect(withFloorShares(results)).toEqual(results);
  });
});

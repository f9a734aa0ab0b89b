import type { CpuProfile, CpuProfileNode } from './cpu-profile.js';
import { sumUp } from './profile-report.js';

function aNode(id: number, functionName: string, url: string, children: readonly number[] = []): CpuProfileNode {
  return { id, callFrame: { functionName, url, lineNumber: 9 }, children };
}

/** Samples at 0, 10, 30, 60 and 100 µs: each stands for the time until the next. */
function aProfile(nodes: readonly CpuProfileNode[], samples: readonly number[]): CpuProfile {
  return { nodes, samples, timeDeltas: [0, 10, 20, 30, 40] };
}

describe('sumUp', () => {
  it('counts native code for its caller, and SQLite apart', () => {
    const nodes = [
      aNode(1, '(root)', '', [2, 5]),
      aNode(2, 'commit', 'file:///x/libs/store-sqlite/dist/event-store/group-commit.js', [3, 4]),
      aNode(3, 'run', ''),
      aNode(4, 'stringify', ''),
      aNode(5, 'run', 'file:///x/libs/kernel/dist/replay/replay.js'),
    ];
    const { groups, totalUs } = sumUp(aProfile(nodes, [2, 3, 4, 5, 5]));
    expect(totalUs).toBe(100);
    expect(Object.fromEntries(groups)).toEqual({ store: 40, 'node:sqlite for store': 20, kernel: 40 });
  });

  it('names functions by their place', () => {
    const nodes = [aNode(1, '(root)', '', [2]), aNode(2, 'replay', 'file:///x/libs/kernel/dist/replay/replay.js')];
    const { functions } = sumUp(aProfile(nodes, [2, 2, 2, 2, 2]));
    expect([...functions]).toEqual([['replay replay/replay.js:10 [kernel]', 100]]);
  });

  it('tells idle from work and rubbish', () => {
    const nodes = [aNode(1, '(root)', '', [2, 3]), aNode(2, '(idle)', ''), aNode(3, '(garbage collector)', '')];
    const { groups } = sumUp(aProfile(nodes, [2, 3, 3, 3, 2]));
    expect(Object.fromEntries(groups)).toEqual({ idle: 10, gc: 90 });
  });
});

/** The parts of Chrome's CPU profile format that a report needs. */
export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  /** IDs of the nodes seen, one a sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** How long each node was at the top of the stack, in microseconds. */
export function selfTimes({ samples, timeDeltas }: CpuProfile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  samples.forEach((id, index) => {
    // A sample stands for the time until the next one.
    const us = timeDeltas[index + 1] ?? 0;
    times.set(id, (times.get(id) ?? 0) + us);
  });
  return times;
}

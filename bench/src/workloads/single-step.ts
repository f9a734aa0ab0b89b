import { percentiles } from '../measure/percentiles.js';
import type { Workload } from '../workload.js';
import { measureSequences, oneByOne } from './sequence-load.js';

const runs = 500;

/** A workflow of one step: what one start costs its caller. */
export const singleStep: Workload = {
  name: 'W2',
  title: 'start',
  settings: (['in-process', 'http'] as const).map((client) => ({ store: 'sqlite', client, concurrency: 1 })),
  runsOnServer: true,
  async run(job) {
    const { measured, readModelLagMs } = await measureSequences(job, 1, (once) => oneByOne(runs, once));
    const { p50, p99 } = percentiles(measured.samplesMs);
    return { p50Ms: p50, p99Ms: p99, workflowsPerSecond: runs / measured.elapsedSeconds, readModelLagMs };
  },
};

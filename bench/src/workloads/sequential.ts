import { closedLoop } from '../measure/closed-loop.js';
import { percentiles } from '../measure/percentiles.js';
import type { Workload } from '../workload.js';
import { measureSequences } from './sequence-load.js';

const steps = 10;

/** Workflows of ten sequential steps, some in flight at a time. */
export const sequential: Workload = {
  name: 'W1',
  title: 'seq',
  settings: (['in-process', 'http'] as const).flatMap((client) =>
    [1, 16, 64].map((concurrency) => ({ store: 'sqlite' as const, client, concurrency })),
  ),
  runsOnServer: true,
  async run(job) {
    const { seconds, setting } = job;
    const { measured, readModelLagMs } = await measureSequences(job, steps, (once, takeLag) =>
      closedLoop({ concurrency: setting.concurrency ?? 1, seconds, once, onTimeUp: takeLag }),
    );
    const workflowsPerSecond = measured.samplesMs.length / measured.elapsedSeconds;
    const { p50, p95, p99 } = percentiles(measured.samplesMs);
    return {
      workflowsPerSecond,
      stepsPerSecond: workflowsPerSecond * steps,
      p50Ms: p50,
      p95Ms: p95,
      p99Ms: p99,
      readModelLagMs,
    };
  },
};

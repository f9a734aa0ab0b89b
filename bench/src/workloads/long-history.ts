import { sequence } from '@fermata/examples';
import { isFermataError } from '@fermata/kernel';
import { BenchNode } from '../engine/bench-node.js';
import { closedLoop } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { percentile } from '../measure/percentiles.js';
import { warmUpSeconds, type Figures, type Job, type Workload } from '../workload.js';

const workflowId = 'long';
const edgeSteps = 200;
const warmUpSteps = 100;
const replays = 5;

/** One workflow with a long history: does a step cost more at its end, and how long is the way back into memory? */
export const longHistory: Workload = {
  name: 'W6',
  title: 'long history',
  settings: [2_000, 10_000].map((steps) => ({ store: 'sqlite', client: 'in-process', concurrency: 1, steps })),
  async run(job) {
    const { steps = edgeSteps } = job.setting;
    const figures = await runOnce(job, steps);
    job.progress('replaying');
    const replaysMs: number[] = [];
    for (let i = 0; i < replays; i++) replaysMs.push(await coldReplayMs(job.folder));
    return { ...figures, coldReplayMs: percentile(replaysMs, 50) };
  },
};

async function runOnce(job: Job, steps: number): Promise<Figures> {
  await using node = await BenchNode.open(job.folder);
  const { client } = node.fermata;
  job.progress('warming up');
  await closedLoop({
    concurrency: 1,
    seconds: warmUpSeconds,
    once: async () => {
      const handle = await client.start(sequence, { input: { steps: warmUpSteps } });
      await handle.result();
    },
  });
  job.progress('measuring');
  const executedBefore = node.stepsExecutedAt.length;
  const began = performance.now();
  const { last } = await job.measured(async () =>
    (await client.start(sequence, { workflowId, input: { steps } })).result(),
  );
  const totalMs = performance.now() - began;
  const readModelLagMs = await node.readModelLagMs();
  ensure(last === steps - 1, `the sequence ended with ${last}`);
  const executedAt = node.stepsExecutedAt.slice(executedBefore);
  ensure(executedAt.length === steps, `${executedAt.length} steps were executed of ${steps}`);
  return { totalMs, stepMs: totalMs / steps, ...edgeFigures(executedAt), readModelLagMs };
}

/** Milliseconds a step between the first 201 executions, and between the last 201. */
function edgeFigures(executedAt: readonly number[]): Figures {
  const firstStepMs = perStep(executedAt.slice(0, edgeSteps + 1));
  const lastStepMs = perStep(executedAt.slice(-edgeSteps - 1));
  return { firstStepMs, lastStepMs, lastToFirst: lastStepMs / firstStepMs };
}

function perStep(executedAt: readonly number[]): number {
  return ((executedAt.at(-1) ?? NaN) - (executedAt[0] ?? NaN)) / (executedAt.length - 1);
}

/** A fresh node on the same log has to replay the run before it can say that the run answers no such query. */
async function coldReplayMs(folder: string): Promise<number> {
  await using node = await BenchNode.open(folder);
  const executedBefore = node.stepsExecutedAt.length;
  const handle = node.fermata.client.handle(workflowId);
  const began = performance.now();
  const refusal: unknown = await handle.query('none').catch((error: unknown) => error);
  const took = performance.now() - began;
  ensure(isFermataError(refusal, 'UNKNOWN_QUERY'), `the replayed run answered ${String(refusal)}`);
  ensure(node.stepsExecutedAt.length === executedBefore, 'replay executed a step again');
  return took;
}

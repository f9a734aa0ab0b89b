import { fanOut } from '@fermata/examples';
import { BenchNode } from '../engine/bench-node.js';
import { benchStoreIn } from '../engine/bench-store.js';
import { verifyLog } from '../engine/verify-log.js';
import { inLanes, rounds } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { percentile, percentiles } from '../measure/percentiles.js';
import { warmUpSeconds, type Figures, type Job, type Workload } from '../workload.js';

const branches = 100;
const runsARound = 50;
const concurrency = 4;

interface Round {
  readonly samplesMs: readonly number[];
  readonly stepsPerSecond: number;
}

/** A hundred steps at once in each workflow. A round is the workload as defined; rounds are repeated while there is time. */
export const fanOutOfHundred: Workload = {
  name: 'W3',
  title: 'fan-out',
  settings: [{ store: 'sqlite', client: 'in-process', concurrency }],
  async run(job) {
    const { figures, executions } = await measure(job);
    job.progress('checking');
    await verifyLog(benchStoreIn(job.folder), { executions, steps: branches });
    return figures;
  },
};

async function measure(job: Job): Promise<{ readonly figures: Figures; readonly executions: number }> {
  await using node = await BenchNode.open(job.folder);
  job.progress('warming up');
  const warmed = await rounds(warmUpSeconds, () => playRound(node));
  job.progress('measuring');
  const played = await job.measured(() => rounds(job.seconds, () => playRound(node)));
  const readModelLagMs = await node.readModelLagMs();
  const executions = (warmed.length + played.length) * runsARound;
  const executed = node.stepsExecutedAt.length;
  ensure(executed === executions * branches, `${executed} steps were executed for ${executions * branches}`);
  return { figures: toFigures(played, readModelLagMs), executions };
}

async function playRound({ fermata }: BenchNode): Promise<Round> {
  const samplesMs: number[] = [];
  const began = performance.now();
  await inLanes(runsARound, concurrency, async () => {
    const asked = performance.now();
    const handle = await fermata.client.start(fanOut, { input: { branches } });
    const { sum } = await handle.result();
    samplesMs.push(performance.now() - asked);
    ensure(sum === (branches * (branches - 1)) / 2, `a fan-out gave the sum ${sum}`);
  });
  const seconds = (performance.now() - began) / 1_000;
  return { samplesMs, stepsPerSecond: (runsARound * branches) / seconds };
}

function toFigures(played: readonly Round[], readModelLagMs: number): Figures {
  const stepsPerSecond = percentile(
    played.map((round) => round.stepsPerSecond),
    50,
  );
  const { p50, p95, p99 } = percentiles(played.flatMap(({ samplesMs }) => samplesMs));
  return { stepsPerSecond, p50Ms: p50, p95Ms: p95, p99Ms: p99, rounds: played.length, readModelLagMs };
}

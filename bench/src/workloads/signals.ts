import { add, counter, stop, value } from '@fermata/examples';
import { BenchNode } from '../engine/bench-node.js';
import { benchStoreIn } from '../engine/bench-store.js';
import { verifyLog } from '../engine/verify-log.js';
import { inLanes, rounds } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { percentile, percentiles } from '../measure/percentiles.js';
import { warmUpSeconds, type Figures, type Job, type Workload } from '../workload.js';

const signals = 2_000;
const senders = 8;

interface Round {
  readonly sendsMs: readonly number[];
  readonly signalsPerSecond: number;
}

/**
 * Signals to one workflow, each of which changes its durable count. A round is the workload as defined, with a fresh
 * counter; rounds are repeated while there is time.
 */
export const signalsToOne: Workload = {
  name: 'W4',
  title: 'signals',
  settings: [{ store: 'sqlite', client: 'in-process', concurrency: senders }],
  async run(job) {
    const { figures, executions } = await measure(job);
    job.progress('checking');
    await verifyLog(benchStoreIn(job.folder), { executions, steps: 0 });
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
  return { figures: toFigures(played, readModelLagMs), executions: warmed.length + played.length };
}

function toFigures(played: readonly Round[], readModelLagMs: number): Figures {
  const rates = played.map(({ signalsPerSecond }) => signalsPerSecond);
  const { p50, p95, p99 } = percentiles(played.flatMap(({ sendsMs }) => sendsMs));
  return {
    signalsPerSecond: percentile(rates, 50),
    p50Ms: p50,
    p95Ms: p95,
    p99Ms: p99,
    rounds: played.length,
    readModelLagMs,
  };
}

/** Over when all sends are acknowledged and the workflow has handled them all. */
async function playRound({ fermata }: BenchNode): Promise<Round> {
  const sendsMs: number[] = [];
  const handle = await fermata.client.start(counter, { input: {} });
  const began = performance.now();
  await inLanes(signals, senders, async () => {
    const asked = performance.now();
    await handle.signal(add, { by: 1 });
    sendsMs.push(performance.now() - asked);
  });
  ensure((await handle.query(value)) === signals, 'the counter has not handled each signal once');
  const seconds = (performance.now() - began) / 1_000;
  await handle.signal(stop, undefined);
  ensure((await handle.result()).value === signals, 'the counter closed with another value');
  return { sendsMs, signalsPerSecond: signals / seconds };
}

import { benchStoreIn } from '../engine/bench-store.js';
import { verifyLog } from '../engine/verify-log.js';
import { closedLoop, type LoopOutcome } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { warmUpSeconds, type Job } from '../workload.js';
import { openSequenceClient, type SequenceClient } from './sequence-client.js';

export interface SequenceOutcome<Measured> {
  readonly measured: Measured;
  readonly readModelLagMs: number;
}

/** Has the read model's lag taken at this moment. Without a call it is taken when all is done. */
type TakeLag = () => void;

/**
 * Warms up with `sequence` workflows, measures, and then checks everything that the store holds.
 * @throws Error when a step was executed or recorded other than once
 */
export async function measureSequences<Measured>(
  job: Job,
  steps: number,
  measure: (once: () => Promise<void>, takeLag: TakeLag) => Promise<Measured>,
): Promise<SequenceOutcome<Measured>> {
  let executions = 0;
  const outcome = await withClient(job, async (client) => {
    const once = async (): Promise<void> => {
      executions++;
      await client.run(steps);
    };
    const { concurrency = 1 } = job.setting;
    job.progress('warming up');
    await closedLoop({ concurrency, seconds: warmUpSeconds, once });
    job.progress('measuring');
    let lag: Promise<number> | undefined;
    const takeLag = (): void => void (lag = client.readModelLagMs());
    const measured = await job.measured(() => measure(once, takeLag));
    const readModelLagMs = await (lag ?? client.readModelLagMs());
    const executed = client.stepsExecuted() ?? executions * steps;
    ensure(executed === executions * steps, `${executed} steps were executed for ${executions * steps}`);
    return { measured, readModelLagMs };
  });
  job.progress('checking');
  await verifyLog(benchStoreIn(job.folder, job.setting.store), { executions, steps });
  return outcome;
}

/** One after another, a fixed number of times. */
export async function oneByOne(runs: number, once: () => Promise<void>): Promise<LoopOutcome> {
  const samplesMs: number[] = [];
  const began = performance.now();
  for (let run = 0; run < runs; run++) {
    const asked = performance.now();
    await once();
    samplesMs.push(performance.now() - asked);
  }
  return { samplesMs, elapsedSeconds: (performance.now() - began) / 1_000 };
}

async function withClient<Outcome>(job: Job, use: (client: SequenceClient) => Promise<Outcome>): Promise<Outcome> {
  await using client = await openSequenceClient(job);
  return await use(client);
}

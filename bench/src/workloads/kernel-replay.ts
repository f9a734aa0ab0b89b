import { endOfTurn } from '@fermata/engine';
import { sequence } from '@fermata/examples';
import { bareHost, registerDefinition, replay, WorkflowRun, type TimedEvent } from '@fermata/kernel';
import { ensure } from '../measure/ensure.js';
import { percentile } from '../measure/percentiles.js';
import { rounds } from '../measure/closed-loop.js';
import { warmUpSeconds, type Job, type Workload } from '../workload.js';
import { sequenceHistory } from './sequence-history.js';

const runId = '019b0000-0000-7000-8000-000000000000';
const address = { namespace: 'default', workflowId: 'replayed', runId, workflowType: sequence.type };
const workflow = registerDefinition(sequence);
/** A start, two events a step, one of them the last step's with the completion: 10,000 events. */
const steps = 4_999;

export const kernelReplay: Workload = {
  name: 'W10',
  title: 'kernel',
  settings: [{ store: 'memory' }],
  async run(job) {
    const history = sequenceHistory(steps, runId);
    job.progress('warming up');
    await rounds(warmUpSeconds, () => replayMs(history));
    job.progress('measuring');
    const samples = await job.measured(() => rounds(secondsOf(job), () => replayMs(history)));
    const p50 = percentile(samples, 50);
    return {
      eventsPerSecond: (history.length / p50) * 1_000,
      p50Ms: p50,
      events: history.length,
      replays: samples.length,
    };
  },
};

/** A replay takes milliseconds: three seconds hold hundreds of them. */
function secondsOf({ seconds }: Job): number {
  return Math.min(seconds, 3);
}

async function replayMs(history: readonly TimedEvent[]): Promise<number> {
  const run = new WorkflowRun(address, workflow, bareHost);
  const began = performance.now();
  await replay(run, history, endOfTurn);
  const took = performance.now() - began;
  if (run.fault) throw run.fault;
  ensure(run.isClosed, 'the replayed run is still open');
  ensure(run.takeDecisions().length === 0, 'the replayed run decided more than its history holds');
  return took;
}

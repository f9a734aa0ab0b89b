import type { Committer } from './committers.js';
import type { Append } from './layouts.js';

const appendsARun = 11;

export interface Outcome {
  readonly appendsPerSecond: number;
  readonly p50Ms: number;
  /** CPU of the whole process, all threads. */
  readonly cpuUsPerAppend: number;
}

export interface WorkloadOptions {
  readonly inFlight: number;
  readonly ms: number;
  /** Busy work of the main thread for each append: stands for the engine's own. */
  readonly engineUs: number;
}

/** Runs in flight, each appending eleven times in a row; what was asked for in one iteration of the event loop is one batch. */
export async function measure(committer: Committer, { inFlight, ms, engineUs }: WorkloadOptions): Promise<Outcome> {
  const append = groupCommit(committer);
  const latencies: number[] = [];
  let runs = 0;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const end = started + ms;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const run = ++runs;
      for (let step = 0; step < appendsARun; step++) {
        busy(engineUs);
        const asked = performance.now();
        await append(appendOf(run, step));
        latencies.push(performance.now() - asked);
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return {
    appendsPerSecond: (latencies.length / took) * 1000,
    p50Ms: median(latencies),
    cpuUsPerAppend: (user + system) / latencies.length,
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** One batch at a time; whatever is asked for while it is under way is the next. */
function groupCommit(committer: Committer): (append: Append) => Promise<void> {
  let waiting: { append: Append; done: () => void }[] = [];
  let busyNow = false;
  const flush = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const durable = committer.commit(batch.map(({ append }) => append));
    if (durable) await durable;
    for (const { done } of batch) done();
    busyNow = false;
    next();
  };
  const next = (): void => {
    if (busyNow || waiting.length === 0) return;
    busyNow = true;
    setImmediate(() => void flush());
  };
  return (append) =>
    new Promise((done) => {
      waiting.push({ append, done });
      next();
    });
}

/** Two events of about 150 bytes of JSON together: what a sequential step costs. */
function appendOf(run: number, step: number): Append {
  const stepId = step - 1;
  const next = { type: 'StepScheduled', version: 1, data: { stepId: step, name: 'reserve stock' } };
  const cause =
    step === 0
      ? {
          type: 'WorkflowStarted',
          version: 1,
          data: { runId: runId(run), workflowType: 'sequence', input: { n: run } },
        }
      : { type: 'StepSucceeded', version: 1, data: { stepId, attempt: 1, result: { i: stepId }, durationMs: 12 } };
  return {
    run,
    stream: `default.${(run % 256).toString(16).padStart(2, '0')}-order-${run}`,
    revision: step * 2,
    id: runId(run * appendsARun + step),
    timestamp: 1_700_000_000_000 + run,
    events: [cause, next],
  };
}

function runId(n: number): string {
  return `018f3c6e-7a1b-7c00-${(n % 65_536).toString(16).padStart(4, '0')}-${n.toString(16).padStart(8, '0')}0000`;
}

function busy(us: number): void {
  if (us === 0) return;
  const end = performance.now() + us / 1000;
  while (performance.now() < end);
}

/** One append of each of `runs` runs, as runs leave that were started and then wait. */
export async function suspend(committer: Committer, runs: number): Promise<void> {
  const appends = Array.from({ length: runs }, (_, run) => appendOf(run + 1, 0));
  await committer.commit(appends);
}

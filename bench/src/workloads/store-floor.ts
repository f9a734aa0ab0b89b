import { toNewEvent, type EventStore, type NewEvent } from '@fermata/engine';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { benchStoreIn } from '../engine/bench-store.js';
import { readWholeLog } from '../engine/verify-log.js';
import { closedLoop, type LoopOutcome } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { percentile, percentiles } from '../measure/percentiles.js';
import { warmUpSeconds, type Figures, type Job, type Workload } from '../workload.js';
import { rawAppenderOn, type RawAppender } from './raw-appender.js';
import { newCommit, sequenceTurns } from './sequence-history.js';

const eventBytes = 300;
const steps = 10;

/** A load on the bare store. `once` is a whole unit of it, and knows how many events it has written so far. */
interface Load {
  readonly eventsWritten: () => number;
  once(): Promise<void>;
}

/** The raw store: single appends, and the appends of W1's workflows with no engine. */
export const storeFloor: Workload = {
  name: 'W9',
  title: 'store floor',
  settings: [1, 16, 64].map((concurrency) => ({ store: 'sqlite', concurrency })),
  runsOnServer: true,
  async run(job) {
    const shape = await measureLoad(job, 'workflow shape', workflowLoad);
    const single = await measureLoad(job, 'single appends', singleLoad);
    return { ...shapeFigures(shape), ...singleFigures(single) };
  },
};

async function measureLoad(
  job: Job,
  what: string,
  loadOn: (store: RawAppender, namespace: string) => Load,
): Promise<LoopOutcome> {
  const { concurrency = 1 } = job.setting;
  const folder = join(job.folder, `${basename(job.folder)}-${what.replace(' ', '-')}`);
  mkdirSync(folder);
  const bench = benchStoreIn(folder, job.setting.store);
  await using store = await bench.open();
  await using raw = rawAppenderOn(bench, store);
  const load = loadOn(raw, bench.namespace);
  const once = (): Promise<void> => load.once();
  job.progress(`${what}: warming up`);
  await closedLoop({ concurrency, seconds: warmUpSeconds, once });
  job.progress(`${what}: measuring`);
  const outcome = await job.measured(() => closedLoop({ concurrency, seconds: job.seconds, once }));
  job.progress(`${what}: checking`);
  ensure((await countEvents(store)) === load.eventsWritten(), 'the log does not hold what was acknowledged');
  return outcome;
}

/** One event of 300 bytes an append; what is in flight goes to as many streams. */
function singleLoad(store: RawAppender, namespace: string): Load {
  const events = [anEventOf(eventBytes)];
  const idle: { readonly stream: string; revision: number }[] = [];
  let streams = 0;
  let written = 0;
  return {
    eventsWritten: () => written,
    async once() {
      const at = idle.pop() ?? { stream: `${namespace}.00-single-${streams++}`, revision: -1 };
      const expected = at.revision < 0 ? 'no-stream' : at.revision;
      at.revision = (await store.append(at.stream, newCommit(events), expected)).revision;
      written++;
      idle.push(at);
    },
  };
}

/** The eleven appends of a `sequence` of ten steps, one after another, each workflow in a new stream. */
function workflowLoad(store: RawAppender, namespace: string): Load {
  const turns = sequenceTurns(steps, '019b0000-0000-7000-8000-000000000000').map((turn) => turn.map(toNewEvent));
  const eventsEach = turns.flat().length;
  let workflows = 0;
  let written = 0;
  return {
    eventsWritten: () => written,
    async once() {
      const stream = `${namespace}.00-workflow-${workflows++}`;
      let revision: number | 'no-stream' = 'no-stream';
      for (const turn of turns) revision = (await store.append(stream, newCommit(turn), revision)).revision;
      written += eventsEach;
    },
  };
}

function anEventOf(bytes: number): NewEvent {
  const empty = { type: 'SignalReceived', version: 1, data: { name: 'padding', payload: '' } };
  const payload = 'x'.repeat(bytes - JSON.stringify(empty).length);
  return { ...empty, data: { ...empty.data, payload } };
}

async function countEvents(store: EventStore): Promise<number> {
  const log = readWholeLog(store);
  let events = 0;
  while (!(await log.next()).done) events++;
  return events;
}

function shapeFigures({ samplesMs, elapsedSeconds }: LoopOutcome): Figures {
  const { p50, p95, p99 } = percentiles(samplesMs);
  return { workflowsPerSecond: samplesMs.length / elapsedSeconds, p50Ms: p50, p95Ms: p95, p99Ms: p99 };
}

function singleFigures({ samplesMs, elapsedSeconds }: LoopOutcome): Figures {
  return {
    appendsPerSecond: samplesMs.length / elapsedSeconds,
    appendP50Ms: percentile(samplesMs, 50),
    appendP99Ms: percentile(samplesMs, 99),
  };
}

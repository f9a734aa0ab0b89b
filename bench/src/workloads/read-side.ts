import { ExecutionViews, Projector, systemClock, toNewEvent, type EventStore, type ReadModel } from '@fermata/engine';
import { streamIdOf } from '@fermata/kernel';
import { openSqliteEventStore, openSqliteReadModel } from '@fermata/store-sqlite';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inLanes } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { percentile } from '../measure/percentiles.js';
import type { Figures, Job, Workload } from '../workload.js';
import { newCommit, sequenceTurns } from './sequence-history.js';

const eventsWanted = 1_000_000;
const steps = 10;
const queries = 1_000;
const listLimit = 50;
const namespace = 'default';

/** The log of W1's workflows, read by the projector from its start; then queries on what it made. */
export const readSide: Workload = {
  name: 'W11',
  title: 'read side',
  settings: [{ store: 'sqlite', concurrency: 1 }],
  async run(job) {
    await using store = await openSqliteEventStore({ file: join(job.folder, 'log.db') });
    await using readModel = await openSqliteReadModel({ file: join(job.folder, 'read-model.db') });
    job.progress(`writing a log of ${eventsWanted} events`);
    const { executions, events } = await writeLog(store);
    job.progress('projecting');
    return await job.measured(() => project(job, { store, readModel, executions, events }));
  },
};

interface Projecting {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly executions: number;
  readonly events: number;
}

async function project(job: Job, { store, readModel, executions, events }: Projecting): Promise<Figures> {
  const began = performance.now();
  const failures: unknown[] = [];
  await using projector = new Projector({
    store,
    readModel,
    clock: systemClock,
    onFailure: (err) => void failures.push(err),
  });
  await projector.waitFor(await store.head(), Infinity);
  const eventsPerSecond = events / ((performance.now() - began) / 1_000);
  ensure(failures.length === 0, `the projector failed: ${String(failures[0])}`);
  job.progress('querying');
  const views = new ExecutionViews({ store, readModel, projection: () => projector, now: () => systemClock.now() });
  return { eventsPerSecond, events, executions, ...(await queryFigures(views, executions)) };
}

const workflowIdOf = (index: number): string => `read-${index}`;

/** Whole workflows, one append each: the projector sees events, not appends. */
async function writeLog(store: EventStore): Promise<{ readonly executions: number; readonly events: number }> {
  const eventsEach = 2 * (steps + 1);
  const executions = Math.ceil(eventsWanted / eventsEach);
  const startedAt = Date.now() - executions;
  await inLanes(executions, 256, async (index) => {
    const events = sequenceTurns(steps, randomUUID()).flat().map(toNewEvent);
    const stream = streamIdOf({ namespace, workflowId: workflowIdOf(index) });
    await store.append(stream, newCommit(events, startedAt + index), 'no-stream');
  });
  return { executions, events: executions * eventsEach };
}

async function queryFigures(views: ExecutionViews, executions: number): Promise<Figures> {
  const anyTarget = () => ({ namespace, workflowId: workflowIdOf(Math.floor(Math.random() * executions)) });
  const list = await timesMs(async () => {
    const { items } = await views.list({ namespace, filter: 'status = "completed"', limit: listLimit });
    ensure(items.length === listLimit, `a list held ${items.length} of ${listLimit}`);
  });
  const show = await timesMs(async () => {
    const { status } = await views.describe(anyTarget());
    ensure(status === 'completed', `a run is ${status}`);
  });
  const history = await timesMs(async () => {
    const { events } = await views.history(anyTarget());
    ensure(events.length === 2 * (steps + 1), `a history holds ${events.length} events`);
  });
  return { ...p50And99('list', list), ...p50And99('show', show), ...p50And99('history', history) };
}

function p50And99(query: string, samplesMs: readonly number[]): Figures {
  return { [`${query}P50Ms`]: percentile(samplesMs, 50), [`${query}P99Ms`]: percentile(samplesMs, 99) };
}

async function timesMs(query: () => Promise<void>): Promise<readonly number[]> {
  const samplesMs: number[] = [];
  for (let i = 0; i < queries; i++) {
    const began = performance.now();
    await query();
    samplesMs.push(performance.now() - began);
  }
  return samplesMs;
}

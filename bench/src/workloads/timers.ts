import { fromStoredEvent, type StoredEvent } from '@fermata/engine';
import { nap } from '@fermata/examples';
import { streamIdOf } from '@fermata/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import { BenchNode } from '../engine/bench-node.js';
import { benchStoreIn } from '../engine/bench-store.js';
import { readWholeLog, verifyLog } from '../engine/verify-log.js';
import { closedLoop, inLanes } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { percentile, percentiles } from '../measure/percentiles.js';
import { warmUpSeconds, type Job, type Workload } from '../workload.js';

const sleepers = 5_000;
const ms = 10_000;
const startLanes = 64;

interface Awake {
  /** When the client had the result, by workflow ID, in milliseconds of the wall clock. */
  readonly wokenAt: ReadonlyMap<string, number>;
  readonly rss: Pick<Record<string, number>, 'rssIdleBytes' | 'rssAsleepBytes'>;
  readonly readModelLagMs: number;
  readonly startsPerSecond: number;
  readonly warmUps: number;
}

/** Lateness is from when a timer is due, by the log, to when the client has the result. */
export const timers: Workload = {
  name: 'W5',
  title: 'timers',
  settings: [{ store: 'sqlite', client: 'in-process', concurrency: sleepers }],
  async run(job) {
    const { wokenAt, rss, startsPerSecond, readModelLagMs, warmUps } = await sleepAll(job);
    job.progress('checking');
    await verifyLog(benchStoreIn(job.folder), { executions: sleepers + warmUps, steps: 0 });
    const { lateMs, firedLateMs } = await latenessOf(job.folder, wokenAt);
    ensure(lateMs.length === sleepers, `${lateMs.length} timers fired of ${sleepers}`);
    ensure(Math.min(...firedLateMs) >= 0, 'a timer fired early');
    const { p50, p95, p99 } = percentiles(lateMs);
    const firedP99 = percentile(firedLateMs, 99);
    return { p50Ms: p50, p95Ms: p95, p99Ms: p99, firedLateP99Ms: firedP99, startsPerSecond, ...rss, readModelLagMs };
  },
};

async function sleepAll(job: Job): Promise<Awake> {
  await using node = await BenchNode.open(job.folder);
  job.progress('warming up');
  const warmed = await closedLoop({ concurrency: startLanes, seconds: warmUpSeconds, once: () => napOnce(node) });
  const rssIdleBytes = process.memoryUsage.rss();
  job.progress('sleeping');
  return await job.measured(async () => {
    const wokenAt = new Map<string, number>();
    const results: Promise<void>[] = [];
    const began = performance.now();
    await inLanes(sleepers, startLanes, async () => {
      const handle = await node.fermata.client.start(nap, { input: { ms } });
      results.push(
        handle.result().then(({ sleptMs }) => {
          wokenAt.set(handle.workflowId, wallClock());
          ensure(sleptMs >= ms, `a nap of ${ms} ms took ${sleptMs}`);
        }),
      );
    });
    const startsPerSecond = sleepers / ((performance.now() - began) / 1_000);
    await pause(ms / 2);
    const rssAsleepBytes = process.memoryUsage.rss();
    await Promise.all(results);
    const rss = { rssIdleBytes, rssAsleepBytes };
    const readModelLagMs = await node.readModelLagMs();
    return { wokenAt, rss, startsPerSecond, readModelLagMs, warmUps: warmed.samplesMs.length };
  });
}

async function napOnce({ fermata }: BenchNode): Promise<void> {
  const handle = await fermata.client.start(nap, { input: { ms: 10 } });
  await handle.result();
}

async function latenessOf(
  folder: string,
  wokenAt: ReadonlyMap<string, number>,
): Promise<{ readonly lateMs: readonly number[]; readonly firedLateMs: readonly number[] }> {
  await using store = await benchStoreIn(folder).open();
  const wokenByStream = new Map(
    [...wokenAt].map(([workflowId, at]) => [streamIdOf({ namespace: 'default', workflowId }), at]),
  );
  const dueAt = new Map<string, number>();
  const lateMs: number[] = [];
  const firedLateMs: number[] = [];
  for await (const stored of readWholeLog(store)) {
    const woken = wokenByStream.get(stored.stream);
    if (woken === undefined) continue;
    const due = dueOf(stored);
    if (due !== undefined) dueAt.set(stored.stream, due);
    if (stored.type !== 'TimerFired') continue;
    const dueThen = dueAt.get(stored.stream) ?? NaN;
    lateMs.push(woken - dueThen);
    firedLateMs.push(stored.timestamp - dueThen);
  }
  return { lateMs, firedLateMs };
}

function dueOf(stored: StoredEvent): number | undefined {
  const { event } = fromStoredEvent(stored);
  return event.type === 'TimerStarted' ? event.dueAt : undefined;
}

function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

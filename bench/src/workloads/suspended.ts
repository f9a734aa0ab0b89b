import { counter, stop } from '@fermata/examples';
import { stat } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BenchNode } from '../engine/bench-node.js';
import { inLanes } from '../measure/closed-loop.js';
import { ensure } from '../measure/ensure.js';
import { heapInUse } from '../measure/heap.js';
import type { Workload } from '../workload.js';

const workflows = 100_000;
const lanes = 64;
const woken = 1_000;
/** Longer than idle runs stay in memory. */
const settleMs = 20_000;
const idleWatchMs = 5_000;

/**
 * Workflows that wait for a signal and for nothing else: what a wait costs while nothing happens. Without a warm-up,
 * whose garbage would count as idle memory.
 */
export const suspended: Workload = {
  name: 'W8',
  title: 'suspended',
  settings: [{ store: 'sqlite', client: 'in-process', concurrency: workflows }],
  async run(job) {
    await using node = await BenchNode.open(job.folder);
    const heapIdle = heapInUse();
    const rssIdleBytes = process.memoryUsage.rss();
    const diskIdle = await bytesIn(job.folder);
    job.progress(`starting ${workflows} workflows`);
    const startsPerSecond = await startAll(node);
    const readModelLagMs = await node.readModelLagMs();
    job.progress('asleep');
    await pause(settleMs);
    const rssAsleepBytes = process.memoryUsage.rss();
    const coresAsleep = await coresWhile(idleWatchMs);
    const heapAsleep = heapInUse();
    const rssCollectedBytes = process.memoryUsage.rss();
    const diskAsleep = await bytesIn(job.folder);
    job.progress(`waking ${woken}`);
    const wakeMs = await job.measured(() => wakeSome(node));
    return {
      startsPerSecond,
      rssIdleBytes,
      rssAsleepBytes,
      rssEachBytes: (rssAsleepBytes - rssIdleBytes) / workflows,
      rssCollectedBytes,
      heapEachBytes: (heapAsleep - heapIdle) / workflows,
      diskEachBytes: (diskAsleep - diskIdle) / workflows,
      coresAsleep,
      wakeMs,
      readModelLagMs,
    };
  },
};

const idOf = (index: number): string => `suspended-${index}`;

async function startAll({ fermata }: BenchNode): Promise<number> {
  const began = performance.now();
  await inLanes(workflows, lanes, async (index) => {
    await fermata.client.start(counter, { workflowId: idOf(index), input: { start: index } });
  });
  return workflows / ((performance.now() - began) / 1_000);
}

/** From the first signal until the last result is in the client's hand; all are sent at once. */
async function wakeSome({ fermata }: BenchNode): Promise<number> {
  const chosen = new Set<number>();
  while (chosen.size < woken) chosen.add(Math.floor(Math.random() * workflows));
  const began = performance.now();
  await Promise.all(
    [...chosen].map(async (index) => {
      const handle = fermata.client.handle(counter, idOf(index));
      await handle.signal(stop, undefined);
      const { value } = await handle.result();
      ensure(value === index, `${idOf(index)} ended with ${value}`);
    }),
  );
  return performance.now() - began;
}

async function coresWhile(ms: number): Promise<number> {
  const before = process.cpuUsage();
  await pause(ms);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ms;
}

/** Log and read model with what SQLite keeps beside them. */
async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all(readdirSync(folder).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

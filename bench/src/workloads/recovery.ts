import { fromStoredEvent } from '@fermata/engine';
import { targetOfStream } from '@fermata/kernel';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { benchStoreIn } from '../engine/bench-store.js';
import { readWholeLog, verifyLog } from '../engine/verify-log.js';
import { ensure } from '../measure/ensure.js';
import { EngineProcess } from '../recovery/engine-process.js';
import { readLedger } from '../recovery/ledger.js';
import { recoveryIds, recoveryPlan } from '../recovery/plan.js';
import type { Workload } from '../workload.js';

const { workflows, steps, stepMs } = recoveryPlan;
const pollMs = 2;

/** The engine is killed when half of the steps have begun, and started again on the same store. */
export const recovery: Workload = {
  name: 'W7',
  title: 'recovery',
  settings: [{ store: 'sqlite', client: 'in-process', concurrency: workflows, steps }],
  async run({ folder, progress }) {
    const ledger = join(folder, 'ledger.txt');
    progress('running up to the kill');
    const killedAt = await runAndKill(folder, ledger);
    const begunAtKill = readLedger(ledger);
    progress('recovering');
    const times = await recover(folder, ledger);
    progress('checking');
    await verifyLog(benchStoreIn(folder), { executions: workflows, steps });
    const endedAtKill = await stepsEndedBy(killedAt, folder);
    const runningAtKill = new Set(begunAtKill.filter((step) => !endedAtKill.has(step)));
    const workLeftMs = longestWorkLeftMs(endedAtKill);
    return {
      ...times,
      workLeftMs,
      beyondWorkLeftMs: times.completeMs - workLeftMs,
      stepsRunningAtKill: runningAtKill.size,
      stepsRepeated: repeatedSteps(readLedger(ledger), runningAtKill),
    };
  },
};

/** When it was killed, in milliseconds of the wall clock. */
async function runAndKill(folder: string, ledger: string): Promise<number> {
  const engine = new EngineProcess({ task: 'start', folder, ledger });
  await engine.said('ready');
  while (readLedger(ledger).length < (workflows * steps) / 2) await pause(pollMs);
  await engine.kill();
  return Date.now();
}

async function recover(
  folder: string,
  ledger: string,
): Promise<{ readonly completeMs: number; readonly readyMs: number }> {
  const began = performance.now();
  const engine = new EngineProcess({ task: 'finish', folder, ledger });
  const complete = engine.said('complete');
  await engine.said('ready');
  const readyMs = performance.now() - began;
  await complete;
  const completeMs = performance.now() - began;
  await engine.ended();
  return { completeMs, readyMs };
}

/** Steps whose outcome the log held when the engine was killed. */
async function stepsEndedBy(killedAt: number, folder: string): Promise<ReadonlySet<string>> {
  await using store = await benchStoreIn(folder).open();
  const ended = new Set<string>();
  for await (const stored of readWholeLog(store)) {
    if (stored.timestamp > killedAt) continue;
    const { event } = fromStoredEvent(stored);
    if (event.type === 'StepSucceeded') ended.add(`${targetOfStream(stored.stream)?.workflowId ?? ''}/${event.stepId}`);
  }
  return ended;
}

/** What even an engine that lost no time would need: the steps that are left of the workflow with the most of them. */
function longestWorkLeftMs(ended: ReadonlySet<string>): number {
  const left = recoveryIds.map(
    (workflowId) =>
      Array.from({ length: steps }, (_, stepId) => ended.has(`${workflowId}/${stepId}`)).filter((is) => !is).length,
  );
  return Math.max(...left) * stepMs;
}

/** @throws Error when a step was begun again whose outcome was recorded, or one wasn't begun at all */
function repeatedSteps(begun: readonly string[], runningAtKill: ReadonlySet<string>): number {
  const times = new Map<string, number>();
  for (const step of begun) times.set(step, (times.get(step) ?? 0) + 1);
  ensure(times.size === workflows * steps, `${times.size} steps were begun of ${workflows * steps}`);
  const repeated = [...times].filter(([, count]) => count > 1).map(([step]) => step);
  const wrong = repeated.filter((step) => !runningAtKill.has(step));
  ensure(
    wrong.length === 0,
    `${wrong.length} steps were repeated that were not running at the kill, such as ${wrong[0] ?? ''}`,
  );
  return repeated.length;
}

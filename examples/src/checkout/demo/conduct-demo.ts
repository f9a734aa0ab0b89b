import { setTimeout as pause } from 'node:timers/promises';
import type { OrderCase } from '../data/orders.js';
import type { Ledger } from '../services/ledger.js';
import { EngineChild } from './engine-child.js';
import { halfWay, standingOf, type Standing } from './half-way.js';
import type { ClosedRun, EngineMessage } from './messages.js';
import type { DemoOptions } from './options.js';
import type { Crash } from './timeline.js';

export interface DemoRun {
  readonly runs: ReadonlyMap<string, ClosedRun>;
  readonly crash: Crash;
  /** Where the orders stood when the engine was gone. */
  readonly atKill: Standing;
  readonly exitCode: number | null;
}

export interface DemoParts {
  readonly options: DemoOptions;
  readonly folder: string;
  readonly cases: readonly OrderCase[];
  readonly ledger: Ledger;
  /** Takes one line for the person who watches. */
  readonly say: (line: string) => void;
}

/** Before it gives up: to get half-way, and to close every run. */
const waitMsMax = 60_000;
const lookEveryMs = 2;

/**
 * Starts the orders, kills the engine half-way, starts it again, lets the operator decide, and waits for every order.
 * @throws Error the engine process failed, or something didn't happen in a minute
 */
export async function conductDemo(parts: DemoParts): Promise<DemoRun> {
  const { folder, options, say } = parts;
  const first = EngineChild.start(folder, options.orders);
  say(`Engine process ${first.pid} takes ${options.orders} orders.`);
  await untilHalfWay(parts, first);
  const killedAt = Date.now();
  await first.kill();
  const atKill = standingOf(parts.cases, parts.ledger.effects());
  say(
    `Killed it (SIGKILL) with ${halfWay(atKill)} runs half-way: ${atKill.charged} charged but not shipped, ` +
      `${atKill.waiting} waiting for a person. ${atKill.shipped} had shipped.`,
  );

  const second = EngineChild.start(folder, options.orders);
  const [backAt, runs] = await Promise.all([goOn(parts, second), closingsOf(second, options.orders, say)]);
  say(`All ${runs.size} orders closed, ${Date.now() - backAt} ms after the engine came back.`);
  const exitCode = await second.stop();
  return { runs, crash: { killedAt, backAt }, atKill, exitCode };
}

async function untilHalfWay({ options, cases, ledger }: DemoParts, engine: EngineChild): Promise<void> {
  const failed = failureOf(engine);
  const deadline = Date.now() + waitMsMax;
  for (;;) {
    await Promise.race([pause(lookEveryMs), failed]);
    const standing = standingOf(cases, ledger.effects());
    // Some should have arrived, so that the kill falls into the middle of everything.
    if (halfWay(standing) >= options.halfWay && standing.shipped >= options.halfWay / 4) return;
    if (Date.now() > deadline)
      throw new Error(`There were never ${options.halfWay} runs half-way: nothing was killed.`);
  }
}

/** @returns when the process opened the log */
async function goOn(parts: DemoParts, engine: EngineChild): Promise<number> {
  let backAt = Number.NaN;
  await until(engine, 'the orders were started again', (message) => {
    if (message.type === 'opening') backAt = message.at;
    return message.type === 'started';
  });
  parts.say(`Engine process ${engine.pid} goes on from the same log.`);
  decide(parts, engine);
  return backAt;
}

/** What the operator says to the risky orders. */
function decide({ cases, say }: DemoParts, engine: EngineChild): void {
  const risky = cases.filter(({ approval }) => approval !== undefined);
  for (const { order, approval } of risky) {
    if (approval) engine.tell({ type: 'approve', orderId: order.orderId, approval });
  }
  const approved = risky.filter(({ approval }) => approval?.approved).length;
  say(`The operator approves ${approved} risky orders and turns ${risky.length - approved} down.`);
}

async function closingsOf(
  engine: EngineChild,
  orderCount: number,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, ClosedRun>> {
  const runs = new Map<string, ClosedRun>();
  await until(engine, 'every order closed', (message) => {
    if (message.type !== 'closed') return false;
    runs.set(message.run.orderId, message.run);
    if (runs.size % 50 === 0) say(`${runs.size} of ${orderCount} orders closed.`);
    return runs.size === orderCount;
  });
  return runs;
}

async function until(engine: EngineChild, what: string, isIt: (message: EngineMessage) => boolean): Promise<void> {
  const giveUp = new AbortController();
  const happened = new Promise<void>((resolve) => {
    engine.on('message', (message) => {
      if (isIt(message)) resolve();
    });
  });
  const late = pause(waitMsMax, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`It took more than ${waitMsMax / 1_000} s until ${what}.`);
  });
  try {
    await Promise.race([happened, failureOf(engine), late]);
  } finally {
    giveUp.abort();
  }
}

/** Rejects when the process fails or goes; never resolves. */
function failureOf(engine: EngineChild): Promise<never> {
  return new Promise<never>((_, reject) => {
    engine.on('message', (message) => {
      if (message.type === 'failed') reject(new Error(`The engine process failed: ${message.message}`));
    });
    engine.on('exit', (code, signal) =>
      reject(new Error(`The engine process ended by itself: ${signal ?? String(code)}.`)),
    );
  });
}

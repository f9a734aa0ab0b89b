import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { SurroundingRun } from '@fermata/kernel';
import { deterministicDate } from './deterministic-date.js';
import { clearDurableTimer, startDurableInterval, startDurableTimeout } from './durable-timers.js';
import { guardIo } from './io-guard.js';
import { refuseIo } from './io-in-workflow.js';
import { currentRun } from './run-storage.js';
import { watchUnhandledRejections } from './unhandled-rejections.js';

let isInstalled = false;

/**
 * Makes the usual sources of time and chance repeat in workflow code, and lets its timers be durable; I/O
 * there fails with an error that says to use a step. Everywhere else all of them work as before. Once in a process.
 */
export function installDeterminism(): void {
  if (isInstalled) return;
  isInstalled = true;
  globalThis.Date = deterministicDate(globalThis.Date, currentRun);
  installRandom();
  installTimers();
  installFetch();
  guardIo();
  watchUnhandledRejections();
}

function installRandom(): void {
  const { random } = Math;
  Math.random = () => currentRun()?.random.next() ?? random();
  const uuid = crypto.randomUUID.bind(crypto);
  const inRun = (options?: crypto.RandomUUIDOptions): crypto.UUID =>
    (currentRun()?.random.uuid() as crypto.UUID | undefined) ?? uuid(options);
  crypto.randomUUID = inRun;
  syncBuiltinESMExports();
  globalThis.crypto.randomUUID = inRun;
  const now = performance.now.bind(performance);
  performance.now = () => currentRun()?.now ?? now();
}

function installTimers(): void {
  globalThis.setTimeout = inRun(globalThis.setTimeout, startDurableTimeout);
  globalThis.setInterval = inRun(globalThis.setInterval, startDurableInterval);
  globalThis.clearTimeout = inRun(globalThis.clearTimeout, clearDurableTimer);
  globalThis.clearInterval = inRun(globalThis.clearInterval, clearDurableTimer);
}

function installFetch(): void {
  globalThis.fetch = inRun(globalThis.fetch, (run) =>
    Promise.reject(refuseIo(run, 'fetch', new Error('called here').stack ?? '')),
  );
}

type AnyFunction = (...args: never[]) => unknown;

/** The function as it is, but in workflow code the other; own properties such as `promisify.custom` stay. */
function inRun<F extends AnyFunction>(
  original: F,
  durable: (run: SurroundingRun, ...args: Parameters<F>) => unknown,
): F {
  const patched = (...args: Parameters<F>): unknown => {
    const run = currentRun();
    return run ? durable(run, ...args) : original(...args);
  };
  return Object.defineProperties(patched, Object.getOwnPropertyDescriptors(original)) as unknown as F;
}

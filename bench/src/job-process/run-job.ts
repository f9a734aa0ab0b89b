import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures } from '../workload.js';
import type { JobMessage, JobOrder } from './messages.js';

/** On the disk of the repository: the system's temporary folder may be memory, where nothing is durable. */
export const scratchFolder = fileURLToPath(new URL('../../../node_modules/.cache/fermata-bench', import.meta.url));

const entry = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));

/**
 * Runs one measurement in a fresh process on a fresh store, so that workloads don't warm each other.
 * @throws Error when the process failed; it has written why to stderr
 */
export async function runJob(order: Omit<JobOrder, 'folder'>, onProgress: (what: string) => void): Promise<Figures> {
  mkdirSync(scratchFolder, { recursive: true });
  const folder = mkdtempSync(join(scratchFolder, `${order.workload}-`));
  try {
    return await inChild({ ...order, folder }, onProgress);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inChild(order: JobOrder, onProgress: (what: string) => void): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, [JSON.stringify(order)]);
    let figures: Figures | undefined;
    child.on('message', (message: JobMessage) => {
      if ('figures' in message) figures = message.figures;
      else onProgress(message.progress);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 && figures) resolve(figures);
      else
        reject(new Error(`${order.workload} failed: its process ended with ${signal ?? `code ${code ?? 'unknown'}`}.`));
    });
  });
}

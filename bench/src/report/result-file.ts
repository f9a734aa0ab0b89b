import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { BenchOptions } from '../command-line.js';
import { warmUpSeconds } from '../workload.js';
import type { BenchResult } from './table.js';

/** Which code was measured, where, and how. */
export function environment({ seconds }: BenchOptions): Readonly<Record<string, string | number>> {
  return {
    commit: commitOf(),
    node: process.version,
    sqlite: process.versions['sqlite'] ?? 'none',
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    seconds,
    warmUpSeconds,
    durability: 'full: WAL, synchronous=FULL',
  };
}

/** One flat object a result: the workload, its setting, its figures. */
export function writeResultFile(file: string, options: BenchOptions, results: readonly BenchResult[]): void {
  const flat = results.map(({ workload, setting, figures }) => ({ workload, ...setting, ...figures }));
  writeFileSync(file, `${JSON.stringify({ ...environment(options), results: flat }, undefined, 2)}\n`);
}

/** With `-changed` when the tree isn't as committed: the figures are then of no commit at all. */
function commitOf(): string {
  try {
    return git('describe', '--always', '--dirty=-changed', '--abbrev=12', '--exclude=*');
  } catch {
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

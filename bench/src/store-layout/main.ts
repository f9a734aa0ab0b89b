/**
 * How the SQLite event store lays out its log, measured: docs/decisions/0001 and 0002 quote it. Run by
 * `node --conditions=@fermata/source --import @swc-node/register/esm-register bench/src/store-layout/main.ts [seconds]`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCommitter, type Committer, type CommitterOptions, type Where } from './committers.js';
import type { LayoutName } from './layouts.js';
import { measure, median, suspend, type Outcome } from './workload.js';

interface Variant {
  readonly layout: LayoutName;
  readonly where: Where;
  readonly locking: CommitterOptions['locking'];
  readonly engineUs: number;
}

const variants: readonly Variant[] = [
  { layout: 'event, text', where: 'main', locking: 'exclusive', engineUs: 0 },
  { layout: 'event, key', where: 'main', locking: 'exclusive', engineUs: 0 },
  { layout: 'append, text', where: 'main', locking: 'exclusive', engineUs: 0 },
  { layout: 'append, key', where: 'main', locking: 'exclusive', engineUs: 0 },
  { layout: 'append, key', where: 'main', locking: 'normal', engineUs: 0 },
  { layout: 'append, key', where: 'worker', locking: 'exclusive', engineUs: 0 },
  { layout: 'append, key', where: 'main, fdatasync in pool', locking: 'exclusive', engineUs: 0 },
  { layout: 'append, key', where: 'main', locking: 'exclusive', engineUs: 5 },
  { layout: 'append, key', where: 'worker', locking: 'exclusive', engineUs: 5 },
  { layout: 'append, key', where: 'main, fdatasync in pool', locking: 'exclusive', engineUs: 5 },
];
const inFlights = [64, 16, 1] as const;
const rounds = 5;
const suspendedRuns = 20_000;
const ms = Number(process.argv[2] ?? 0.7) * 1000;

async function withCommitter<T>(variant: Variant, use: (committer: Committer, file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-layout-'));
  try {
    const file = join(folder, 'log.db');
    const committer = openCommitter(variant.where, { ...variant, file });
    return await use(committer, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function throughput(variant: Variant, inFlight: number): Promise<Outcome> {
  return withCommitter(variant, async (committer) => {
    await committer.commit([]); // a worker needs a while to start
    const outcome = await measure(committer, { inFlight, ms, engineUs: variant.engineUs });
    await committer.close();
    return outcome;
  });
}

async function bytesASuspendedRun(variant: Variant): Promise<number> {
  return withCommitter(variant, async (committer, file) => {
    await suspend(committer, suspendedRuns);
    await committer.close();
    return statSync(file).size / suspendedRuns;
  });
}

const outcomes = new Map<Variant, Map<number, Outcome[]>>();
for (let round = 0; round < rounds; round++) {
  for (const variant of variants) {
    for (const inFlight of inFlights) {
      const byInFlight = outcomes.get(variant) ?? new Map<number, Outcome[]>();
      outcomes.set(variant, byInFlight);
      byInFlight.set(inFlight, [...(byInFlight.get(inFlight) ?? []), await throughput(variant, inFlight)]);
    }
  }
}

console.log(`Medians of ${rounds} rounds of ${ms} ms; a cell is appends/s · p50 ms · CPU µs an append.`);
console.log(
  '| a row an, stream as | commits by | locking | engine µs | 64 in flight | 16 | 1 | bytes a suspended run |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const [variant, byInFlight] of outcomes) {
  const cells = inFlights.map((inFlight) => {
    const of = (pick: (outcome: Outcome) => number) => median((byInFlight.get(inFlight) ?? []).map(pick));
    return `${Math.round(of((o) => o.appendsPerSecond))} · ${of((o) => o.p50Ms).toFixed(2)} · ${of((o) => o.cpuUsPerAppend).toFixed(1)}`;
  });
  const bytes = Math.round(await bytesASuspendedRun(variant));
  console.log(`| ${[variant.layout, variant.where, variant.locking, variant.engineUs, ...cells, bytes].join(' | ')} |`);
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../data/catalogue.js';
import { loadOrderCases } from '../data/orders.js';
import { totalCents } from '../order.js';
import { Ledger } from '../services/ledger.js';
import { stockIn } from '../services/inventory.js';
import { conductDemo, type DemoRun } from './conduct-demo.js';
import { demoFilesIn, type DemoFiles } from './demo-files.js';
import type { Evidence } from './evidence.js';
import { findMismatches } from './find-mismatches.js';
import { halfWay } from './half-way.js';
import type { ClosedRun } from './messages.js';
import { parseDemoOptions } from './options.js';
import { paint } from './paint.js';
import { pickRetried, pickSurvivor, pickUndone } from './pick-runs.js';
import { absorbed, summaryOf } from './summary.js';
import { timelineOf } from './timeline.js';

const startedAt = performance.now();

try {
  process.exitCode = await runDemo(process.argv.slice(2));
} catch (error) {
  console.error(paint('bad', error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

/** @returns the exit code */
async function runDemo(args: readonly string[]): Promise<number> {
  const options = parseDemoOptions(args);
  const folder = mkdtempSync(join(tmpdir(), 'fermata-demo-'));
  const files = demoFilesIn(folder);
  using ledger = Ledger.open(files.ledger);
  const cases = loadOrderCases().slice(0, options.orders);
  const demo = await conductDemo({ options, folder, cases, ledger, say });
  const evidence: Evidence = {
    cases,
    runs: demo.runs,
    effects: ledger.effects(),
    calls: ledger.calls(),
    catalogue: loadCatalogue(),
    stock: stockIn(ledger),
  };
  showRun('A run that lived through the kill', pickSurvivor(evidence, demo.crash), evidence, demo);
  showRun('A run that was undone, newest first', pickUndone(evidence, demo.crash), evidence, demo);
  showRun('A run whose carrier was down for a while', pickRetried(evidence), evidence, demo);
  print('', ...summaryOf(evidence), '');
  const mismatches = [...findMismatches(evidence), ...faultsOf(demo, options.halfWay)];
  for (const mismatch of mismatches) print(paint('bad', `✗ ${mismatch}`));
  print(
    mismatches.length === 0 ? verdict(evidence, demo) : paint('bad', `${mismatches.length} mismatches.`),
    '',
    `Its runs can be looked at: ${settingsOf(files)} npm start`,
  );
  return mismatches.length === 0 ? 0 : 1;
}

/** For a server on what the demo left behind. */
function settingsOf({ store, readModel, namespace }: DemoFiles): string {
  if (store.startsWith('sqlite:')) return `FERMATA_STORE=${store}`;
  return `FERMATA_STORE='${store}' FERMATA_READ_MODEL=${readModel} FERMATA_NAMESPACE=${namespace}`;
}

function faultsOf({ atKill, exitCode }: DemoRun, wanted: number): readonly string[] {
  return [
    ...(halfWay(atKill) < wanted ? [`Only ${halfWay(atKill)} runs were half-way at the kill, not ${wanted}.`] : []),
    ...(exitCode === 0 ? [] : [`The engine process didn't stop cleanly: exit code ${exitCode}.`]),
  ];
}

function verdict({ runs, effects, calls }: Evidence, { atKill }: DemoRun): string {
  return paint(
    'good',
    `✓ ${runs.size} orders ended as their data calls for. ${halfWay(atKill)} were half-way when the engine was killed; ` +
      `${absorbed(calls)} calls were made again and absorbed by their keys; ${effects.length} side effects happened, each once.`,
  );
}

function showRun(title: string, run: ClosedRun | undefined, { cases, calls }: Evidence, { crash }: DemoRun): void {
  const order = cases.find((candidate) => candidate.order.orderId === run?.orderId)?.order;
  if (!run || !order) return;
  const { orderId, customer, lines, currency = 'EUR' } = order;
  const total = (totalCents(order) / 100).toFixed(2);
  print('', paint('bold', `${title}: ${orderId}, ${customer}, ${lines.length} lines, ${total} ${currency}`));
  print(...timelineOf(run, calls, crash));
}

function say(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(2);
  print(`${paint('dim', `${seconds.padStart(6)} s`)}  ${line}`);
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

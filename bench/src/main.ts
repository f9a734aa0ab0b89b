/** The benchmarks of docs/benchmarks.md: `npm run bench -- [workload…]`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine, type BenchOptions } from './command-line.js';
import type { StoreKind } from './engine/store-kind.js';
import { runJob, scratchFolder } from './job-process/run-job.js';
import { profileReport } from './profile/profile-report.js';
import { withFloorShares } from './report/comparisons.js';
import { ProgressLine } from './report/progress-line.js';
import { environment, writeResultFile } from './report/result-file.js';
import { settingText, tableOf, type BenchResult } from './report/table.js';
import type { Setting, Workload } from './workload.js';
import { workloads } from './workloads/workloads.js';

const profileFolder = 'reports/bench';

async function bench(options: BenchOptions): Promise<void> {
  announce(options);
  const results: BenchResult[] = [];
  for (const workload of workloads) {
    if (options.workloads.length > 0 && !options.workloads.includes(workload.name)) continue;
    for (const setting of settingsOn(options.store, workload)) {
      if (isWanted(setting, options)) results.push(await measure(workload, setting, options));
    }
  }
  const compared = withFloorShares(results);
  console.log(`\n${tableOf(compared)}`);
  if (options.json !== undefined) writeResultFile(options.json, options, compared);
}

/** A workload that doesn't come in a form for the store has no settings there. */
function settingsOn(store: StoreKind, { settings, runsOnServer }: Workload): readonly Setting[] {
  if (store === 'sqlite') return settings;
  return runsOnServer ? settings.map((setting) => ({ ...setting, store })) : [];
}

function announce(options: BenchOptions): void {
  const facts = Object.entries(environment(options)).map(([name, value]) => `${name} ${value}`);
  console.log(`${facts.join(' · ')}\nstores are in ${scratchFolder}\n`);
}

function isWanted({ client, concurrency }: Setting, wanted: BenchOptions): boolean {
  return (
    (wanted.client === undefined || wanted.client === client) &&
    (wanted.concurrency === undefined || wanted.concurrency === concurrency)
  );
}

async function measure(workload: Workload, setting: Setting, options: BenchOptions): Promise<BenchResult> {
  const { name, title } = workload;
  const line = new ProgressLine(`${name} ${title} (${settingText(setting)})`);
  const profile = options.isProfiled ? profileFileOf(name, setting) : undefined;
  const order = { workload: name, setting, seconds: options.seconds, ...(profile !== undefined && { profile }) };
  const figures = await runJob(order, (what) => line.show(what));
  const result = { workload: name, title, setting, figures };
  line.end(figures);
  if (profile !== undefined) console.log(profileReport(profile));
  return result;
}

function profileFileOf(workload: string, { client, concurrency, steps }: Setting): string {
  mkdirSync(profileFolder, { recursive: true });
  const parts = [workload, client, concurrency, steps].filter((part) => part !== undefined);
  return join(profileFolder, `${parts.join('-')}.cpuprofile`);
}

try {
  await bench(
    parseCommandLine(
      process.argv.slice(2),
      workloads.map(({ name }) => name),
    ),
  );
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

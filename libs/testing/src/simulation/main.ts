import { parseArgs } from 'node:util';
import { rough } from './faults.js';
import type { Scenario } from './scenario.js';
import { shrink } from './shrink.js';
import { simulate, type SimulationOutcome } from './world.js';

const playsOfAStory = 4;
const seedsApart = 1_000_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    start: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

const [seeds, start] = [Number(values.seeds), Number(values.start)];
if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(start)) {
  console.error('Usage: npm run test:simulation -- --seeds <how many> --start <first seed> [--verbose]');
  process.exit(2);
}

const began = performance.now();
let [crashes, events, failures] = [0, 0, 0];
for (let seed = start; seed < start + seeds; seed++) {
  const outcome = await simulate({ seed, faults: rough });
  crashes += outcome.crashes;
  events += outcome.log.length;
  if (outcome.violations.length > 0) {
    failures++;
    report(outcome);
    if (failures === 1) await reportSmallest(outcome);
  }
  if (process.stderr.isTTY && seed % 20 === 0) process.stderr.write(`\rseed ${seed}, ${failures} failed`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `${seeds} seeds from ${start}: ${events} events, ${crashes} crashes, ${failures} seeds failed, ${seconds} s`,
);
process.exitCode = failures > 0 ? 1 : 0;

function report({ seed, violations, log }: SimulationOutcome): void {
  console.log(`\nseed ${seed} failed:`);
  for (const violation of violations) console.log(`  ${violation}`);
  console.log(`  repeat: npm run test:simulation -- --seeds 1 --start ${seed} --verbose`);
  if (!values.verbose) return;
  for (const { stream, revision, type, timestamp, data, metadata } of log) {
    console.log(
      `  ${timestamp} ${stream} ${revision} ${type} ${JSON.stringify(data).slice(0, 160)} ${metadata.node ?? ''}`,
    );
  }
}

/** The first failure is worth the time; the others often have the same cause. */
async function reportSmallest({ seed, scenarios, violations: first }: SimulationOutcome): Promise<void> {
  let violations = first;
  // A smaller story meets its faults elsewhere, so each is played a few times.
  const fails = async (candidate: readonly Scenario[]): Promise<boolean> => {
    for (let play = 0; play < playsOfAStory; play++) {
      const outcome = await simulate({ seed: seed + play * seedsApart, faults: rough, scenarios: candidate });
      if (outcome.violations.length === 0) continue;
      ({ violations } = outcome);
      return true;
    }
    return false;
  };
  const smallest = await shrink(scenarios, fails);
  console.log('  the smallest story found that fails:');
  for (const scenario of smallest) console.log(`    ${JSON.stringify(scenario)}`);
  for (const violation of violations) console.log(`    ${violation}`);
}

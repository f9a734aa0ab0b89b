import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  add,
  addAndGet,
  approval,
  checkout,
  counter,
  decide,
  exampleWorkflows,
  expense,
  family,
  fanOut,
  flaky,
  nap,
} from '@fermata/examples';
import { progress, sequence, simulatedServices, stop, ticker, trip } from '@fermata/examples';
import { classSchema } from '@fermata/nestjs';
import { createFermata, type FermataClient } from '@fermata/sdk';
import { openInMemoryEventStore } from '@fermata/testing';
import { targetOfStream } from '@fermata/kernel';
import { features, nameNow, nudge, rename } from './every-feature.js';

/**
 * Records what this release writes, once: `node --conditions=@fermata/source --import
 * @swc-node/register/esm-register test/histories/record.ts`. A file that is there is never written again: every later
 * release has to replay it.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
const folder = join(root, 'test/histories', `v${version}`);

const shop = checkout(simulatedServices());
const order = (orderId: string, line: readonly [string, number], paymentToken: string) => ({
  orderId,
  customer: 'ana@example.com',
  lines: [{ sku: line[0], quantity: 1, unitPriceCents: line[1] }],
  paymentToken,
});
const calm = ['TUN-CLIP', 1_995] as const;
const risky = ['VLN-MASTER', 189_000] as const;

/** What was run, by the name of the file: each starts executions whose IDs begin with it. */
const scenarios: Readonly<Record<string, (client: FermataClient, id: string) => Promise<unknown>>> = {
  'checkout-shipped': async (client, workflowId) =>
    (await client.start(shop, { workflowId, input: order('A-1', calm, 'tok_visa_1') })).result(),
  'checkout-approved': (client, id) => decided(client, id, true),
  'checkout-rejected': (client, id) => decided(client, id, false),
  'checkout-declined': async (client, workflowId) =>
    ended(await client.start(shop, { workflowId, input: order('A-2', calm, 'tok_declined_1') })),
  'checkout-waiting': async (client, workflowId) => {
    const run = await client.start(shop, { workflowId, input: order('A-3', risky, 'tok_prepaid_1') });
    await seen(async () => (await run.query(progress)).stage === 'waiting for approval');
  },
  sequence: async (client, workflowId) => (await client.start(sequence, { workflowId, input: { steps: 12 } })).result(),
  'fan-out': async (client, workflowId) =>
    (await client.start(fanOut, { workflowId, input: { branches: 20 } })).result(),
  counter: async (client, workflowId) => {
    const run = await client.start(counter, { workflowId, input: { start: 5 } });
    await run.signal(add, { by: 2 });
    await run.update(addAndGet, { by: 3 });
    await run.signal(stop, undefined);
    await run.result();
  },
  nap: async (client, workflowId) => (await client.start(nap, { workflowId, input: { ms: 5 } })).result(),
  'nap-cancelled': async (client, workflowId) => {
    const run = await client.start(nap, { workflowId, input: { ms: 1_000_000 } });
    await run.cancel('no longer tired');
    await ended(run);
  },
  flaky: async (client, workflowId) => (await client.start(flaky, { workflowId, input: { failures: 1 } })).result(),
  'flaky-failed': async (client, workflowId) =>
    ended(await client.start(flaky, { workflowId, input: { failures: 1, nonRetryable: true } })),
  trip: async (client, workflowId) => (await client.start(trip, { workflowId, input: {} })).result(),
  'trip-undone': async (client, workflowId) =>
    ended(await client.start(trip, { workflowId, input: { failAt: 'car' } })),
  family: async (client, workflowId) =>
    (await client.start(family, { workflowId, input: { children: 2, depth: 2 } })).result(),
  expense: async (client, workflowId) => {
    const run = await client.start(expense, { workflowId, input: { amountCents: 9_900, employee: 'bo' } });
    await run.update(decide, { approve: true, by: 'cy' });
    await run.result();
  },
  ticker: async (client, workflowId) =>
    (await client.start(ticker, { workflowId, input: { rounds: 5, perRun: 2 } })).result(),
  'every-feature': async (client, workflowId) => {
    await client.start(features.waitingLeaf, { workflowId: `${workflowId}-other` });
    const run = await client.start(features.everyFeature, {
      workflowId,
      input: 21,
      memo: { by: 'ana' },
      requestId: 'r-1',
    });
    await run.signal(nudge, 1);
    await ended({ result: () => run.update(rename, 'refused') });
    await run.update(rename, 'ana');
    await run.signal(nudge, 2);
    await run.result();
    await seen(async () => (await run.query(nameNow)) === 'ANA');
  },
  undone: async (client, workflowId) => {
    const run = await client.start(features.undone, { workflowId, runTimeout: 50 });
    await ended(run);
  },
};

async function decided(client: FermataClient, workflowId: string, approved: boolean): Promise<void> {
  const run = await client.start(shop, { workflowId, input: order(workflowId, risky, 'tok_prepaid_1') });
  await seen(async () => (await run.query(progress)).stage === 'waiting for approval');
  await run.signal(approval, { approved, by: 'cy' });
  await ended(run);
}

function ended(run: { result(): Promise<unknown> }): Promise<unknown> {
  return run.result().catch(() => undefined);
}

async function seen(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 1));
}

const store = openInMemoryEventStore();
const workflows = [shop, ...exampleWorkflows().filter(({ type }) => type !== shop.type), ...Object.values(features)];
const fermata = await createFermata({ store, workflows, schemaOf: classSchema, buildId: `v${version}` });
for (const [name, run] of Object.entries(scenarios)) await run(fermata.client, `golden-${name}`);
await fermata.close();

mkdirSync(folder, { recursive: true });
const events = await store.readLog({ after: 0, limit: 10_000 });
for (const stream of new Set(events.map((event) => event.stream))) {
  const history = events.filter((event) => event.stream === stream);
  const name = (targetOfStream(stream)?.workflowId ?? '').replace(/^golden-/, '').replaceAll('/', '.');
  const lines = history.map((event) => JSON.stringify(event).replaceAll(`file://${root}`, '').replaceAll(root, ''));
  writeNew(join(folder, `${name}.json`), `[\n${lines.join(',\n')}\n]\n`);
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    console.log(`recorded ${file.slice(root.length)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    console.log(`kept ${file.slice(root.length)}`);
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createFermata,
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  NonRetryableError,
  type AnyWorkflow,
  type Fermata,
} from './index.js';

let folder: string;
let open: Fermata[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fermata-sdk-'));
});

afterEach(async () => {
  for (const fermata of open.splice(0)) await fermata.close();
  rmSync(folder, { recursive: true, force: true });
});

async function boot(...workflows: AnyWorkflow[]): Promise<Fermata> {
  const fermata = await createFermata({ store: `sqlite:${join(folder, 'log.db')}`, workflows });
  open.push(fermata);
  return fermata;
}

async function shutDown(fermata: Fermata): Promise<void> {
  open = open.filter((other) => other !== fermata);
  await fermata.close();
}

async function until<T>(look: () => Promise<T>, isWanted: (seen: T) => boolean): Promise<T> {
  for (const until = Date.now() + 5_000; ;) {
    const seen = await look();
    if (isWanted(seen) || Date.now() > until) return seen;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const go = defineSignal<string>('go');

describe('what ends a run', () => {
  it('an update that makes the run continue as new gets its answer', async () => {
    const add = defineUpdate<number, number>('add');
    const sum = defineWorkflow('sum', async (ctx, start: number): Promise<number> => {
      let total = start;
      ctx.onUpdate(add, (n) => (total += n));
      await ctx.condition(() => total !== start);
      return total > 2 ? total : ctx.continueAsNew(total);
    });
    const { client } = await boot(sum);
    await client.start(sum, { workflowId: 's', input: 0 });
    for (const expected of [1, 2, 3]) expect(await client.handle(sum, 's').update(add, 1)).toBe(expected);
    expect(await client.handle(sum, 's').result()).toBe(3);
  });

  it.each([
    ['cancelled', 'its cancellation', (reason: unknown) => reason],
    ['failed', 'an error of its own', () => new Error('broken')],
  ])('is %s when a step that was waited for ends with %s', async (status, _what, errorOf) => {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const slow = defineWorkflow('slow', async (ctx) => {
      const work = ({ signal }: { readonly signal: AbortSignal }): Promise<void> =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(errorOf(signal.reason)));
          begin();
        });
      await ctx.step('work', work, { cancellation: 'wait' });
    });
    const { client } = await boot(slow);
    const run = await client.start(slow);
    await begun;
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ status });
  });
});

describe('a run', () => {
  it('goes on after a restart from where it stood, without doing a step again', async () => {
    let booked = 0;
    const trip = defineWorkflow('trip', async (ctx) => {
      const seat = await ctx.step('book', () => ++booked);
      const word = await ctx.signal(go);
      return { seat, word };
    });
    const first = await boot(trip);
    const { workflowId } = await first.client.start(trip);
    await until(
      () => first.client.describe(workflowId),
      ({ waits }) => waits.some(({ kind }) => kind === 'signal'),
    );
    await shutDown(first);

    const second = await boot(trip);
    const handle = second.client.handle(trip, workflowId);
    await handle.signal(go, 'now');
    expect(await handle.result()).toEqual({ seat: 1, word: 'now' });
    expect(booked).toBe(1);
  });

  it('sleeps over a restart and wakes when it is due', async () => {
    const nap = defineWorkflow('nap', async (ctx) => {
      const before = Date.now();
      await ctx.sleep('300ms');
      return Date.now() - before;
    });
    const first = await boot(nap);
    const { workflowId } = await first.client.start(nap);
    await shutDown(first);
    const second = await boot(nap);
    expect(await second.client.handle(nap, workflowId).result()).toBeGreaterThanOrEqual(300);
  });

  it('answers queries from live state, open or closed, and names the queries that there are', async () => {
    const value = defineQuery<number>('value');
    const counter = defineWorkflow('counter', async (ctx) => {
      let count = 0;
      ctx.onQuery(value, () => count);
      ctx.onSignal('add', () => void count++);
      await ctx.signal(go);
    });
    const { client } = await boot(counter);
    const handle = await client.start(counter);
    await handle.signal('add');
    await handle.signal('add');
    expect(await handle.query(value)).toBe(2);
    await expect(handle.query('valeu')).rejects.toMatchObject({ code: 'UNKNOWN_QUERY', details: { known: ['value'] } });
    await handle.signal(go, '');
    await handle.result();
    expect(await handle.query(value)).toBe(2);
  });

  it('undoes what it did, newest first, and says so when it fails', async () => {
    const undone: string[] = [];
    const saga = defineWorkflow('saga', async (ctx) => {
      await ctx.step('flight', () => 'F', { compensate: (booked) => void undone.push(`flight ${booked}`) });
      await ctx.step('hotel', () => 'H', { compensate: (booked) => void undone.push(`hotel ${booked}`) });
      await ctx.step('car', () => Promise.reject(new NonRetryableError('no car')));
    });
    const { client } = await boot(saga);
    const handle = await client.start(saga);
    await expect(handle.result()).rejects.toMatchObject({
      message: 'no car',
      details: { compensated: ['hotel', 'flight'] },
    });
    expect(undone).toEqual(['hotel H', 'flight F']);
  });

  it('ends gracefully when it is cancelled, and at once when it is terminated', async () => {
    const undone: string[] = [];
    const waiting = defineWorkflow('waiting', async (ctx) => {
      await ctx.step('hold', () => 1, { compensate: () => void undone.push(ctx.workflowId) });
      await ctx.signal(go);
    });
    const { client } = await boot(waiting);
    const [one, other] = [await client.start(waiting), await client.start(waiting)];
    await until(
      () => one.describe(),
      ({ waits }) => waits[0]?.kind === 'signal',
    );
    await until(
      () => other.describe(),
      ({ waits }) => waits[0]?.kind === 'signal',
    );
    await one.cancel('changed my mind');
    await other.terminate('broken');
    await expect(one.result()).rejects.toMatchObject({
      status: 'cancelled',
      message: expect.stringContaining('changed my mind'),
    });
    await expect(other.result()).rejects.toMatchObject({ status: 'terminated', code: 'TERMINATED' });
    expect(undone).toEqual([one.workflowId]);
    expect((await one.describe()).status).toBe('cancelled');
  });

  it('starts once for a request ID, also after a restart, and refuses a second start of an open ID', async () => {
    const waiting = defineWorkflow('waiting', async (ctx) => void (await ctx.signal(go)));
    const first = await boot(waiting);
    const one = await first.client.start(waiting, { workflowId: 'order-1', requestId: 'r1' });
    await shutDown(first);
    const { client } = await boot(waiting);
    expect((await client.start(waiting, { workflowId: 'order-1', requestId: 'r1' })).runId).toBe(one.runId);
    await expect(client.start(waiting, { workflowId: 'order-1' })).rejects.toMatchObject({
      code: 'WORKFLOW_ALREADY_STARTED',
    });
    const existing = await client.start(waiting, { workflowId: 'order-1', conflictPolicy: 'use-existing' });
    expect(existing.runId).toBe(one.runId);
    const next = await client.start(waiting, { workflowId: 'order-1', conflictPolicy: 'terminate-existing' });
    expect(next.runId).not.toBe(one.runId);
    await expect(client.handle(waiting, 'order-1').describe()).resolves.toMatchObject({
      runId: next.runId,
      status: 'running',
    });
  });
});

describe('a run whose code can’t go on', () => {
  it('is stuck when the code has changed under it, with both sides and the place, and goes on once that is mended', async () => {
    const before = defineWorkflow('changing', async (ctx) => {
      await ctx.step('pack', () => 1);
      await ctx.signal(go);
      return ctx.step('ship', () => 'shipped');
    });
    const after = defineWorkflow('changing', async (ctx) => {
      await ctx.step('wrap', () => 1);
      await ctx.signal(go);
      return ctx.step('ship', () => 'shipped');
    });
    const first = await boot(before);
    const { workflowId } = await first.client.start(before);
    await until(
      () => first.client.describe(workflowId),
      ({ waits }) => waits[0]?.kind === 'signal',
    );
    await shutDown(first);

    const second = await boot(after);
    await second.client.handle(workflowId).signal(go, 'now');
    const stuck = await until(
      () => second.client.describe(workflowId),
      ({ status }) => status === 'stuck',
    );
    expect(stuck.status).toBe('stuck');
    const { events } = await second.client.handle(workflowId).history();
    expect(events.find(({ type }) => type === 'WorkflowStuck')?.data).toMatchObject({
      failure: {
        code: 'NONDETERMINISM',
        details: {
          recorded: 'step 0 "pack"',
          asked: 'step 0 "wrap"',
          site: expect.stringContaining('fermata.int.spec.ts'),
        },
      },
    });
    await shutDown(second);

    const third = await boot(before);
    expect(await third.client.handle(before, workflowId).result()).toBe('shipped');
  });

  it.each([
    ['FOREIGN_PROMISE', () => new Promise<void>(() => undefined)],
    ['IO_IN_WORKFLOW', async () => void (await fetch('http://127.0.0.1:9/'))],
  ])('%s stops that run alone', async (_code, misbehave) => {
    const bad = defineWorkflow('bad', async (ctx) => {
      await ctx.step('first', () => 1);
      await misbehave();
      await ctx.signal(go);
    });
    const good = defineWorkflow('good', (ctx) => ctx.step('work', () => 'done'));
    const { client } = await boot(bad, good);
    const handle = await client.start(bad);
    const seen = await until(
      () => handle.describe(),
      ({ status }) => status !== 'running',
    );
    expect(seen.status).toBe('stuck');
    expect(await (await client.start(good)).result()).toBe('done');
  });

  it('is stuck, not lost, while no node knows its type', async () => {
    const known = defineWorkflow('known', async (ctx) => ctx.signal(go));
    const first = await boot(known);
    const { workflowId } = await first.client.start(known);
    await shutDown(first);
    const second = await boot();
    await second.client.handle(workflowId).signal(go, 'kept');
    const stuck = await until(
      () => second.client.describe(workflowId),
      ({ status }) => status === 'stuck',
    );
    expect(stuck.status).toBe('stuck');
    await shutDown(second);
    const third = await boot(known);
    expect(await third.client.handle(known, workflowId).result()).toBe('kept');
  });
});

it('a rejection that workflow code leaves alone stops its run, not the process', async () => {
  // In a process of its own, since the test runner has its own say in unhandled rejections.
  const script = fileURLToPath(new URL('./testing/unhandled-rejection.main.ts', import.meta.url));
  const args = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register', script, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trim()).toBe('stuck UNHANDLED_REJECTION, then done');
});

describe('bad input', () => {
  const echo = defineWorkflow<unknown, unknown>('echo', async (_ctx, input) => input);

  it.each([
    ['an unknown type', (f: Fermata) => f.client.start('ehco'), 'UNKNOWN_WORKFLOW_TYPE'],
    [
      'an ID of 10,000 characters',
      (f: Fermata) => f.client.start(echo, { workflowId: 'x'.repeat(10_000), input: 1 }),
      'VALIDATION_FAILED',
    ],
    [
      'an ID with a control character',
      (f: Fermata) => f.client.start(echo, { workflowId: 'a\u0007b', input: 1 }),
      'VALIDATION_FAILED',
    ],
    ['too large an input', (f: Fermata) => f.client.start(echo, { input: 'x'.repeat(900_001) }), 'PAYLOAD_TOO_LARGE'],
    [
      'an input with a function',
      (f: Fermata) => f.client.start(echo, { input: { a: [() => 1] } }),
      'PAYLOAD_NOT_RECORDABLE',
    ],
    ['a signal to nobody', (f: Fermata) => f.client.handle('nobody').signal('go'), 'EXECUTION_NOT_FOUND'],
    ['a malformed filter', (f: Fermata) => f.client.list({ filter: 'status == ' }), 'MALFORMED_FILTER'],
  ])('%s is refused with a code, and the node goes on', async (_what, ask, code) => {
    const fermata = await boot(echo);
    await expect(ask(fermata)).rejects.toMatchObject({ name: 'FermataError', code });
    expect(await (await fermata.client.start(echo, { input: 7 })).result()).toBe(7);
  });

  it('an outcome that is too large fails its step, and a result that is too large its run', async () => {
    const large = defineWorkflow('large', async (ctx) => ctx.step('grow', () => 'x'.repeat(1_000_000)));
    const result = defineWorkflow('result', async () => 'x'.repeat(1_000_000));
    const { client } = await boot(large, result);
    await expect((await client.start(large)).result()).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect((await client.start(result)).result()).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });
});

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFermata, defineQuery, defineSignal, defineWorkflow, type Fermata, type Logger } from '@fermata/sdk';
import { openSqliteEventStore } from '@fermata/store-sqlite';
import { describeConformance, eventsOf, until } from './harness.js';
import { resultOf, survivorIn } from './processes/survivor.js';

const go = defineSignal<string>('go');
const add = defineSignal<number>('add');
const count = defineQuery<number>('count');

describe('R1, processes on a SQLite file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fermata-survival-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a process until it has acknowledged so many starts, and kills it hard. */
  function killAfter(starts: number, round: number): Promise<readonly string[]> {
    const script = fileURLToPath(new URL('./processes/survivor.main.ts', import.meta.url));
    const args = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register', script];
    const child = spawn(process.execPath, [...args, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      acknowledged.push(line);
      if (acknowledged.length === starts) child.kill('SIGKILL');
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve(acknowledged));
    });
  }

  it('R1: killed again and again, every acknowledged start ends, and no outcome is recorded twice', async () => {
    const acknowledged: string[] = [];
    for (const [round, starts] of [1, 37, 6, 90].entries()) acknowledged.push(...(await killAfter(starts, round)));
    expect(acknowledged.length).toBeGreaterThanOrEqual(1 + 37 + 6 + 90);

    const survivor = survivorIn(folder);
    await using fermata = await createFermata({ store: `sqlite:${join(folder, 'log.db')}`, workflows: [survivor] });
    const { items } = await fermata.client.list({ limit: 1_000 });
    // Something was under way when the last process died, and starts that nobody was told of count too.
    expect(items.filter(({ status }) => status === 'running').length).toBeGreaterThan(0);
    const started = items.map(({ workflowId }) => workflowId);
    expect(started).toEqual(expect.arrayContaining(acknowledged));
    await Promise.all(
      started.map(async (workflowId) => {
        const n = Number(workflowId.split('-')[1]);
        expect(await fermata.client.handle(survivor, workflowId).result()).toBe(resultOf({ n }));
      }),
    );
    await fermata.close();

    await using store = await openSqliteEventStore({ file: join(folder, 'log.db') });
    const keys = new Set<string>();
    for (const workflowId of started) {
      const events = await eventsOf(store, workflowId);
      const outcomes = events.filter(({ type }) => type === 'StepSucceeded' || type === 'StepFailed');
      expect(outcomes.map(({ data }) => data['stepId']).sort()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(events.filter(({ type }) => type === 'TimerFired')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'WorkflowCompleted')).toHaveLength(1);
      for (const { data } of outcomes) keys.add(`${String(events[0]?.data['runId'])}:${String(data['stepId'])}`);
    }
    // What ran had its cause recorded first: no line of the ledger belongs to a step that the log doesn't know.
    const lines = readFileSync(join(folder, 'ledger'), 'utf8').trim().split('\n');
    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(keys);
  }, 30_000);
});

describeConformance('survival', (stage, { leavesStuck }) => {
  describe('R2: two nodes own the same run', () => {
    /** A second node on the same log, with a read model of its own. */
    function second(workflows: Parameters<typeof stage.boot>[0]): Promise<Fermata> {
      return createFermata({ store: stage.store(), workflows, node: 'second' });
    }

    it('R2: both run its step, and one outcome counts, on both of them', async () => {
      const releases: ((value: string) => void)[] = [];
      const work = defineWorkflow<void, [string, string]>('work', async (ctx) => {
        ctx.onQuery(count, () => 0);
        const outcome = await ctx.step('work', () => new Promise<string>((resolve) => releases.push(resolve)));
        return [outcome, await ctx.step('more', () => outcome.toUpperCase())];
      });
      const first = await stage.boot([work], { node: 'first' });
      const handle = await first.client.start(work);
      await until(
        () => releases.length,
        (length) => length === 1,
      );
      await using other = await second([work]);
      await other.client.handle(work, handle.workflowId).query(count);
      await until(
        () => releases.length,
        (length) => length === 2,
      );
      releases[1]?.('other');
      releases[0]?.('first');
      const outcome = await other.client.handle(work, handle.workflowId).result();
      expect(['other', 'first']).toContain(outcome[0]);
      await until(
        () => first.client.describe(handle.workflowId),
        ({ status }) => status === 'completed',
      );
      const events = await until(
        () => eventsOf(stage.store(), handle.workflowId),
        (seen) => seen.some(({ type }) => type === 'WorkflowCompleted'),
      );
      const outcomes = events.filter(({ type }) => type === 'StepSucceeded');
      expect(outcomes.map(({ data }) => [data['stepId'], data['result']])).toEqual([
        [0, outcome[0]],
        [1, outcome[1]],
      ]);
      expect(outcome[1]).toBe(outcome[0].toUpperCase());
    });

    it('R2: what both are told counts once each, in one order, and the history replays', async () => {
      const counter = defineWorkflow<void, number[]>('counter', async (ctx) => {
        const seen: number[] = [];
        ctx.onQuery(count, () => seen.length);
        ctx.onSignal(add, async (n) => {
          await ctx.step(`add ${n}`, () => n);
          seen.push(n);
        });
        await ctx.condition(() => seen.length === 60);
        return seen;
      });
      const first = await stage.boot([counter], { node: 'first' });
      await using other = await second([counter]);
      const { workflowId } = await first.client.start(counter);
      const nodes = [first, other];
      await Promise.all(
        Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? first : other).client.handle(workflowId).signal(add, n)),
      );
      // Each of them works on what it knows; what the other was told it learns from the log, when it next looks.
      await until(
        async () => {
          await Promise.all(
            nodes.map(({ client }) =>
              client
                .handle(workflowId)
                .signal('look')
                .catch(() => undefined),
            ),
          );
          return (await first.client.describe(workflowId)).status;
        },
        (status) => status === 'completed',
      );
      const events = await eventsOf(stage.store(), workflowId);
      const received = events.filter(({ type, data }) => type === 'SignalReceived' && data['name'] === 'add');
      expect(received.map(({ data }) => data['payload']).sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 60 }, (_, n) => n),
      );
      const steps = events.filter(({ type }) => type === 'StepSucceeded').map(({ data }) => data['stepId']);
      expect(new Set(steps).size).toBe(60);
      const nodesSeen = new Set(events.map(({ metadata }) => metadata.node));
      expect(nodesSeen).toEqual(new Set(['first', 'second']));
      const result = await first.client.handle(counter, workflowId).result();
      expect([...result].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    });
  });

  describe('R4: poison runs', () => {
    const good = defineWorkflow<void, string>('good', async (ctx) => {
      await ctx.step('one', () => 1);
      await ctx.sleep(1);
      return ctx.step('two', () => 'done');
    });

    /** A logger that counts what went wrong. */
    function counting(): { readonly logger: Logger; readonly errors: string[] } {
      const errors: string[] = [];
      const ignore = (): void => undefined;
      return {
        errors,
        logger: { debug: ignore, info: ignore, warn: ignore, error: (_fields, text) => void errors.push(text) },
      };
    }

    async function expectGoodRuns({ client }: Fermata): Promise<void> {
      const runs = await Promise.all(Array.from({ length: 20 }, () => client.start(good)));
      expect(await Promise.all(runs.map((run) => run.result()))).toEqual(Array.from({ length: 20 }, () => 'done'));
    }

    it('R4: that no longer replay, or whose type nobody knows: stuck once, left alone, and the others go on', async () => {
      const waiting = (type: string) =>
        defineWorkflow(type, async (ctx) => {
          await ctx.step('first', () => 1);
          return ctx.signal(go);
        });
      const before = await stage.boot([waiting('changed'), waiting('unknown'), good]);
      const ids = Array.from({ length: 30 }, (_, n) => `poison-${n}`);
      for (const workflowId of ids) {
        await before.client.start(Number(workflowId.slice(7)) % 2 === 0 ? 'changed' : 'unknown', { workflowId });
      }
      await until(
        async () => (await Promise.all(ids.map((id) => before.client.describe(id)))).flatMap(({ waits }) => waits),
        (waits) => waits.filter(({ kind }) => kind === 'signal').length === ids.length,
      );
      await stage.shutDown();

      let replays = 0;
      const changed = defineWorkflow('changed', async (ctx) => {
        replays++;
        await ctx.step('renamed', () => 1);
        return ctx.signal(go);
      });
      const { logger, errors } = counting();
      const after = await stage.boot([changed, good], { logger });
      await Promise.all(ids.map((id) => after.client.handle(id).signal(go, 'on')));
      await until(
        async () => (await after.client.list({ filter: 'status = "stuck"', limit: 100 })).items.length,
        (length) => length === ids.length,
      );
      const [replaysSoFar, lengths] = [replays, await lengthsOf(ids)];
      // Once quickly and once to find the place.
      expect(replaysSoFar).toBe(ids.length);
      await expectGoodRuns(after);
      expect(replays).toBe(replaysSoFar);
      expect(await lengthsOf(ids)).toEqual(lengths);
      expect(errors).toEqual([]);
      leavesStuck();
    });

    it('R4: that throw, or give what is too large, fail alone', async () => {
      const throws = defineWorkflow('throws', () => Promise.reject(new Error('thrown')));
      const large = defineWorkflow('large', (ctx) =>
        ctx.step('give', () => 'x'.repeat(1_000_000), { retry: { maxAttempts: 3 } }),
      );
      const many = defineWorkflow('many', async (ctx) => {
        const parts = await Promise.all(
          Array.from({ length: 12 }, (_, n) => ctx.step(`part ${n}`, () => 'x'.repeat(800_000))),
        );
        return parts.length;
      });
      const { logger, errors } = counting();
      const fermata = await stage.boot([throws, large, many, good], { logger });
      const [thrown, tooLarge, wide] = await Promise.all([
        fermata.client.start(throws),
        fermata.client.start(large),
        fermata.client.start(many),
      ]);
      await expectGoodRuns(fermata);
      await expect(thrown.result()).rejects.toMatchObject({ failure: { message: 'thrown' } });
      await expect(tooLarge.result()).rejects.toMatchObject({ failure: { code: 'PAYLOAD_TOO_LARGE' } });
      expect(await wide.result()).toBe(12);
      expect(errors).toEqual([]);
    });

    async function lengthsOf(ids: readonly string[]): Promise<readonly number[]> {
      return Promise.all(ids.map(async (id) => (await eventsOf(stage.store(), id)).length));
    }
  });
});

import childProcess from 'node:child_process';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  defineQuery,
  defineSignal,
  defineWorkflow,
  type Failure,
  type WorkflowContext,
  type WorkflowDefinition,
} from '@fermata/sdk';
import { replayHistory, toReplay } from '@fermata/testing';
import { describeConformance, eventsOf, until, type Stage } from './harness.js';

const go = defineSignal<string>('go');
const branch = defineQuery<string>('branch');

/** A place in this file. */
const here: unknown = expect.stringMatching(/determinism\.int\.spec\.ts:\d+:\d+/);

type Steps = (ctx: WorkflowContext) => Promise<unknown>;

/** Two steps, a wait, and one more: what a deploy then changes. */
const former: Steps = async (ctx) => {
  await ctx.step('pick', () => 'picked');
  await ctx.step('pack', () => 'packed');
  const where = await ctx.signal(go);
  return ctx.step('ship', () => `shipped to ${where}`);
};

describeConformance('determinism and versions', (stage, { leavesStuck }) => {
  describe('V1: changed code', () => {
    it.each<[string, Steps, { recorded: string; asked: string; eventIndex: number }]>([
      [
        'a step added',
        async (ctx) => {
          await ctx.step('pick', () => 'picked');
          await ctx.step('weigh', () => 1);
          await ctx.step('pack', () => 'packed');
          return ctx.signal(go);
        },
        { recorded: 'step 1 "pack"', asked: 'step 1 "weigh"', eventIndex: 3 },
      ],
      [
        'a step removed',
        async (ctx) => {
          await ctx.step('pack', () => 'packed');
          return ctx.signal(go);
        },
        { recorded: 'step 0 "pick"', asked: 'step 0 "pack"', eventIndex: 1 },
      ],
      [
        'the last step removed',
        async (ctx) => {
          await ctx.step('pick', () => 'picked');
          return ctx.signal(go);
        },
        { recorded: 'step 1 "pack"', asked: 'wait 0 for signal "go"', eventIndex: 3 },
      ],
      [
        'a step renamed',
        async (ctx) => {
          await ctx.step('pick', () => 'picked');
          await ctx.step('wrap', () => 'wrapped');
          return ctx.signal(go);
        },
        { recorded: 'step 1 "pack"', asked: 'step 1 "wrap"', eventIndex: 3 },
      ],
      [
        'steps reordered',
        async (ctx) => {
          await ctx.step('pack', () => 'packed');
          await ctx.step('pick', () => 'picked');
          return ctx.signal(go);
        },
        { recorded: 'step 0 "pick"', asked: 'step 0 "pack"', eventIndex: 1 },
      ],
      [
        'another type of command',
        async (ctx) => {
          await ctx.step('pick', () => 'picked');
          await ctx.sleep(1);
          return ctx.signal(go);
        },
        { recorded: 'step 1 "pack"', asked: 'timer 0', eventIndex: 3 },
      ],
      [
        'a run that now ends too early',
        (ctx) => ctx.step('pick', () => 'picked'),
        { recorded: 'step 1 "pack"', asked: 'completion of the workflow', eventIndex: 3 },
      ],
    ])('V1: %s is detected at the first difference, with both sides and the place', async (_what, changed, sides) => {
      const before = defineWorkflow('order', former);
      const after = defineWorkflow('order', changed);
      const { workflowId } = await waitingOrder(stage, before);
      const { client } = await stage.boot([after]);
      await client.handle(workflowId).signal(go, 'Delft');
      const { code, details, message } = await stuckFailure(stage, workflowId);
      expect(code).toBe('NONDETERMINISM');
      // The end of the function is no call in it.
      const site = sides.asked === 'completion of the workflow' ? {} : { site: here };
      expect(details).toMatchObject({ ...sides, ...site });
      expect(message).toContain(sides.recorded);
      expect(message).toContain(sides.asked);
      leavesStuck();
    });

    it('V1: once the code is mended, a stuck run goes on by itself, from where it was', async () => {
      const before = defineWorkflow('order', former);
      const { workflowId } = await waitingOrder(stage, before);
      const changed = defineWorkflow('order', (ctx) => ctx.step('wrap', () => 'wrapped'));
      const second = await stage.boot([changed]);
      await second.client.handle(workflowId).signal(go, 'Delft');
      await stuckFailure(stage, workflowId);
      const stuck = await eventsOf(stage.store(), workflowId);
      // What came in is kept, and nothing is there that the wrong code decided.
      expect(new Set(stuck.map(({ type }) => type).slice(-2))).toEqual(new Set(['SignalReceived', 'WorkflowStuck']));
      await stage.shutDown();
      const third = await stage.boot([before]);
      expect(await third.client.handle(before, workflowId).result()).toBe('shipped to Delft');
      const { status } = await third.client.describe(workflowId);
      expect(status).toBe('completed');
    });
  });

  describe('V2: patches', () => {
    const v1 = defineWorkflow<void, string>('order', async (ctx) => {
      await ctx.step('pick', () => 'picked');
      await ctx.signal(go);
      return ctx.step('pack', () => 'in paper');
    });
    const v2 = defineWorkflow<void, string>('order', async (ctx) => {
      await ctx.step('pick', () => 'picked');
      await ctx.signal(go);
      return ctx.patch('boxes') ? ctx.step('box', () => 'in a box') : ctx.step('pack', () => 'in paper');
    });
    const v3 = defineWorkflow<void, string>('order', async (ctx) => {
      await ctx.step('pick', () => 'picked');
      await ctx.signal(go);
      ctx.patch('boxes');
      return ctx.step('box', () => 'in a box');
    });

    it('V2: a run that went by before takes the old branch, a new one the new, each in every replay', async () => {
      const first = await stage.boot([v1]);
      const packed = await first.client.start(v1, { workflowId: 'packed' });
      await packed.signal(go, 'on');
      await packed.result();
      const waiting = await first.client.start(v1, { workflowId: 'waiting' });
      await until(
        () => waiting.describe(),
        ({ waits }) => waits.some(({ kind }) => kind === 'signal'),
      );
      await stage.shutDown();

      const { client } = await stage.boot([v2]);
      await client.handle(v2, 'waiting').signal(go, 'on');
      // It hasn't come to the patch yet: its future is still open, and it takes the new branch.
      expect(await client.handle(v2, 'waiting').result()).toBe('in a box');
      const fresh = await client.start(v2, { workflowId: 'fresh' });
      await fresh.signal(go, 'on');
      expect(await fresh.result()).toBe('in a box');
      expect(await client.handle(v2, 'packed').result()).toBe('in paper');
      // The harness replays all three of them with the new code.
    });

    it('V2: a run that is past the patch keeps the old branch when it goes on', async () => {
      const both = (isPatched: boolean): WorkflowDefinition<void, string> =>
        defineWorkflow<void, string>('order', async (ctx) => {
          const packed =
            isPatched && ctx.patch('boxes')
              ? await ctx.step('box', () => 'box')
              : await ctx.step('pack', () => 'paper');
          await ctx.signal(go);
          return ctx.step('ship', () => `shipped in ${packed}`);
        });
      const { workflowId } = await waitingOrder(stage, both(false));
      const { client } = await stage.boot([both(true)]);
      await client.handle(workflowId).signal(go, 'on');
      expect(await client.handle(both(true), workflowId).result()).toBe('shipped in paper');
      const fresh = await client.start(both(true), { workflowId: 'fresh' });
      await fresh.signal(go, 'on');
      expect(await fresh.result()).toBe('shipped in box');
    });

    it('V2: once no run on the old branch is left, the old branch goes, and later the patch stays as a mark', async () => {
      const first = await stage.boot([v2]);
      const patched = await first.client.start(v2, { workflowId: 'patched' });
      await patched.signal(go, 'on');
      await patched.result();
      await stage.shutDown();
      const { client } = await stage.boot([v3]);
      const fresh = await client.start(v3, { workflowId: 'fresh' });
      await fresh.signal(go, 'on');
      expect(await fresh.result()).toBe('in a box');
      // Both replay with the code that has the new branch alone.
    });

    it('V2: in a loop a patch is answered once, the same in each round', async () => {
      const loop = (isPatched: boolean): WorkflowDefinition<void, string[]> =>
        defineWorkflow<void, string[]>('loop', async (ctx) => {
          const rounds: string[] = [];
          ctx.onQuery(branch, () => rounds.join(','));
          for (let round = 0; round < 4; round++) {
            rounds.push(
              isPatched && ctx.patch('new') ? await ctx.step('new', () => 'new') : await ctx.step('old', () => 'old'),
            );
            if (round === 1) await ctx.signal(go);
          }
          return rounds;
        });
      const first = await stage.boot([loop(false)]);
      const old = await first.client.start(loop(false), { workflowId: 'old' });
      await until(
        () => old.query(branch),
        (rounds) => rounds === 'old,old',
      );
      await stage.shutDown();
      const { client } = await stage.boot([loop(true)]);
      await client.handle('old').signal(go, 'on');
      // One answer for the whole run: what began in the old way ends in it.
      expect(await client.handle(loop(true), 'old').result()).toEqual(['old', 'old', 'old', 'old']);
      const fresh = await client.start(loop(true), { workflowId: 'fresh' });
      await fresh.signal(go, 'on');
      expect(await fresh.result()).toEqual(['new', 'new', 'new', 'new']);
      const marks = (await eventsOf(stage.store(), 'fresh')).filter(({ type }) => type === 'PatchMarked');
      expect(marks).toHaveLength(1);
    });
  });

  describe('V3: builds', () => {
    const waits = defineWorkflow('waits', (ctx) => ctx.signal(go));
    const pinned = (packing: string) =>
      defineWorkflow('pinned', { pin: 'build' }, async (ctx) => {
        ctx.onQuery(branch, () => packing);
        await ctx.step(packing, () => packing);
        await ctx.sleep(30);
        await ctx.signal(go);
        return packing;
      });

    it('V3: a run records the build that started it, and a build knows of its open runs', async () => {
      const first = await stage.boot([waits], { buildId: 'v1' });
      for (const workflowId of ['a', 'b']) await first.client.start(waits, { workflowId });
      await stage.shutDown();
      const { client } = await stage.boot([waits], { buildId: 'v2' });
      await client.start(waits, { workflowId: 'c' });
      const openRunsOf = async (buildId: string): Promise<readonly string[]> => {
        const filter = `buildId = "${buildId}" and status in ("running", "paused", "stuck")`;
        return (await client.list({ filter, order: 'oldest' })).items.map(({ workflowId }) => workflowId);
      };
      expect(await openRunsOf('v1')).toEqual(['a', 'b']);
      expect(await openRunsOf('v2')).toEqual(['c']);
      expect((await client.list({ filter: 'buildId != "v1"' })).items.map(({ workflowId }) => workflowId)).toEqual([
        'c',
      ]);
      await client.handle('a').signal(go, 'on');
      await client.handle('b').terminate();
      await client.handle('a').result();
      // Now it is safe to remove.
      expect(await openRunsOf('v1')).toEqual([]);
      expect((await client.describe('a')).buildId).toBe('v1');
      expect((await eventsOf(stage.store(), 'c'))[0]?.data['buildId']).toBe('v2');
    });

    it('V3: by default a run is taken over by the newer build, and what follows it is of that one', async () => {
      const ticks = (by: string) =>
        defineWorkflow<number, string>('ticks', async (ctx, n) => {
          await ctx.signal(go);
          return n === 0 ? by : ctx.continueAsNew(n - 1);
        });
      const first = await stage.boot([ticks('v1')], { buildId: 'v1' });
      await first.client.start(ticks('v1'), { workflowId: 'ticks', input: 1 });
      await stage.shutDown();
      const { client } = await stage.boot([ticks('v2')], { buildId: 'v2' });
      await client.handle('ticks').signal(go, 'on');
      await client.handle('ticks').signal(go, 'on');
      expect(await client.handle('ticks').result()).toBe('v2');
      const { items } = await client.list({ order: 'oldest' });
      expect(items.map(({ buildId }) => buildId)).toEqual(['v1', 'v2']);
    });

    it('V3: a pinned run is left alone by other builds, neither run nor changed nor stuck, and its own goes on', async () => {
      const first = await stage.boot([pinned('paper')], { buildId: 'v1' });
      const handle = await first.client.start(pinned('paper'), { workflowId: 'pinned' });
      await until(
        () => handle.describe(),
        ({ waits: open }) => open.some(({ kind }) => kind === 'timer'),
      );
      await stage.shutDown();
      const before = await eventsOf(stage.store(), 'pinned');
      expect(before[0]?.data).toMatchObject({ buildId: 'v1', pinned: true });

      const errors: unknown[] = [];
      const ignore = (): void => undefined;
      const logger = {
        debug: ignore,
        info: ignore,
        warn: ignore,
        error: (fields: unknown) => void errors.push(fields),
      };
      const second = await stage.boot([pinned('box')], { buildId: 'v2', logger });
      const there = second.client.handle('pinned');
      const refused = {
        code: 'RUN_PINNED',
        details: { buildId: 'v1' },
        message: expect.stringContaining('build "v1"'),
      };
      await expect(there.query(branch.name)).rejects.toMatchObject(refused);
      await expect(there.signal(go, 'on')).rejects.toMatchObject(refused);
      await expect(there.cancel()).rejects.toMatchObject(refused);
      expect(await second.client.describe('pinned')).toMatchObject({ status: 'running', buildId: 'v1' });
      // New runs are this build's, also while its timer is overdue.
      const fresh = await second.client.start(pinned('box'), { workflowId: 'fresh' });
      await fresh.signal(go, 'on');
      expect(await fresh.result()).toBe('box');
      expect(await eventsOf(stage.store(), 'pinned')).toEqual(before);
      expect(errors).toEqual([]);
      await stage.shutDown();

      const third = await stage.boot([pinned('paper')], { buildId: 'v1' });
      await third.client.handle('pinned').signal(go, 'on');
      expect(await third.client.handle('pinned').result()).toBe('paper');
      // The harness replays both builds' runs with the code of the last.
      leavesStuck();
      const histories = [await eventsOf(stage.store(), 'pinned'), await eventsOf(stage.store(), 'fresh')];
      expect(await replayHistory(pinned('paper'), histories[0] ?? [])).toMatchObject({ ok: true });
      expect(await replayHistory(pinned('box'), histories[1] ?? [])).toMatchObject({ ok: true });
    });

    it('V3: pinning needs a build to be pinned to', async () => {
      await expect(stage.boot([pinned('paper')])).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    });
  });

  describe('V4: stored histories', () => {
    const order = defineWorkflow('order', former);
    const changed = defineWorkflow('order', (ctx) => ctx.step('wrap', () => 'wrapped'));

    it('V4: replay in a test, as the store holds them, as a handle gives them and as HTTP answers them', async () => {
      const { client } = await stage.boot([order]);
      const handle = await client.start(order, { workflowId: 'order-1' });
      await handle.signal(go, 'Delft');
      await handle.result();
      const page = await handle.history();
      const overHttp = JSON.parse(JSON.stringify(page)) as typeof page;
      for (const history of [await eventsOf(stage.store(), 'order-1'), page, page.events, overHttp]) {
        expect(await replayHistory(order, history)).toEqual({ ok: true, leftover: [] });
        const { ok, fault } = await replayHistory(changed, history);
        expect(ok).toBe(false);
        expect(fault?.details).toMatchObject({ recorded: 'step 0 "pick"', asked: 'step 0 "wrap"', site: here });
      }
      // Replaying does nothing: what was recorded is all there is.
      expect((await handle.history()).events).toEqual(page.events);
    });

    it('V4: by a matcher, whose message has both sides', async () => {
      const { client } = await stage.boot([order]);
      const handle = await client.start(order);
      await handle.signal(go, 'Delft');
      await handle.result();
      const page = await handle.history();
      expect(await toReplay(order, page)).toMatchObject({ pass: true });
      const { pass, message } = await toReplay(changed, page);
      expect(pass).toBe(false);
      expect(message()).toContain('records step 0 "pick", and the code now asks for step 0 "wrap"');
    });

    it('V4: of an open run, and of runs that follow one another; what the code adds is told', async () => {
      const longer = defineWorkflow('order', async (ctx) => {
        await ctx.step('pick', () => 'picked');
        await ctx.step('pack', () => 'packed');
        await Promise.all([ctx.signal(go), ctx.step('insure', () => 'insured')]);
      });
      const ticker = defineWorkflow<number, number>('ticker', async (ctx, left) =>
        left > 0 ? ctx.continueAsNew((await ctx.step('tick', () => left)) - 1) : left,
      );
      const { workflowId } = await waitingOrder(stage, order);
      const { client } = await stage.boot([order, ticker]);
      const open = await client.handle(workflowId).history();
      expect(await replayHistory(order, open)).toEqual({ ok: true, leftover: [] });
      expect(await replayHistory(longer, open)).toMatchObject({
        ok: true,
        leftover: [{ type: 'StepScheduled', stepId: 2 }],
      });
      const ticking = await client.start(ticker, { workflowId: 'ticker', input: 2 });
      await ticking.result();
      expect(await replayHistory(ticker, await eventsOf(stage.store(), 'ticker'))).toEqual({ ok: true, leftover: [] });
    });

    it('V4: what is no whole history is refused', async () => {
      await expect(replayHistory(order, [])).rejects.toThrow('empty');
      const { workflowId } = await waitingOrder(stage, order);
      const events = await eventsOf(stage.store(), workflowId);
      await expect(replayHistory(order, events.slice(1))).rejects.toThrow('begins with WorkflowStarted');
      const unknown = events.map((event, n) => (n === 1 ? { ...event, type: 'StepDreamt' } : event));
      await expect(replayHistory(order, unknown)).rejects.toMatchObject({ code: 'NONDETERMINISM' });
    });
  });

  describe('V5: code that steps out of line', () => {
    const good = defineWorkflow('good', (ctx) => ctx.step('work', () => 'done'));
    /** Starts a run that misbehaves beside one that doesn't, and gives the failure of the first. */
    async function misbehaving(misbehave: Steps): Promise<Failure> {
      const bad = defineWorkflow('bad', async (ctx) => {
        await ctx.step('first', () => 1);
        await misbehave(ctx);
        await ctx.signal(go);
      });
      const { client } = await stage.boot([bad, good]);
      await client.start(bad, { workflowId: 'bad' });
      expect(await (await client.start(good)).result()).toBe('done');
      const failure = await stuckFailure(stage, 'bad');
      expect((await client.describe('bad')).status).toBe('stuck');
      expect(await (await client.start(good)).result()).toBe('done');
      leavesStuck();
      return failure;
    }

    it('V5: waiting on a promise that is not durable', async () => {
      const { code, details, message } = await misbehaving(() => new Promise<void>(() => undefined));
      expect(code).toBe('FOREIGN_PROMISE');
      expect(details).toMatchObject({ last: 'step 0 "first"', site: here });
      expect(message).toContain('after step 0 "first"');
    });

    it('V5: going on because of a promise that is not durable', async () => {
      const { code, details } = await misbehaving(async (ctx) => {
        await new Promise<void>((resolve) => setImmediate(resolve));
        await ctx.step('second', () => 2);
      });
      expect(code).toBe('FOREIGN_PROMISE');
      expect(details).toMatchObject({ last: 'step 0 "first"' });
    });

    it('V5: using the context because of a promise that is not durable', async () => {
      const { code, details } = await misbehaving(async (ctx) => {
        const woken = new Promise<void>((resolve) => setImmediate(resolve)).then(() => ctx.step('second', () => 2));
        await Promise.race([woken.catch(() => ctx.signal('never')), ctx.signal(go)]);
      });
      expect(code).toBe('FOREIGN_PROMISE');
      expect(details).toMatchObject({ call: 'ctx.step', site: here });
    });

    it.each<[string, Steps]>([
      ['fetch', () => fetch('http://127.0.0.1:9/')],
      ['fs.readFileSync', () => Promise.resolve(fs.readFileSync('package.json'))],
      ['fs.readFile', () => Promise.resolve(fs.readFile('package.json', () => undefined))],
      ['fs.promises.writeFile', () => fs.promises.writeFile('/dev/null', 'x')],
      ['fs.createReadStream', () => Promise.resolve(fs.createReadStream('package.json'))],
      ['net.connect', () => Promise.resolve(net.connect(9, '127.0.0.1'))],
      ['net.Socket.prototype.connect', () => Promise.resolve(new net.Socket().connect(9, '127.0.0.1'))],
      ['http.get', () => Promise.resolve(http.get('http://127.0.0.1:9/'))],
      ['child_process.execFile', () => Promise.resolve(childProcess.execFile('true'))],
      ['dns.promises.lookup', () => dns.promises.lookup('localhost')],
    ])('V5: calling %s', async (call, misbehave) => {
      const { code, details, message } = await misbehaving(misbehave);
      expect(code).toBe('IO_IN_WORKFLOW');
      expect(details).toMatchObject({ call, site: here });
      expect(message).toContain(call);
    });

    it('V5: I/O that the code catches stops the run all the same, and it goes on once the call is in a step', async () => {
      const read = (): number => fs.readFileSync('package.json').length;
      const wrong = defineWorkflow('read', async (ctx) => {
        await ctx.step('first', () => 1);
        const length = await Promise.resolve()
          .then(read)
          .catch(() => 0);
        return ctx.step('second', () => length);
      });
      const mended = defineWorkflow('read', async (ctx) => {
        await ctx.step('first', () => 1);
        return ctx.step('second', read);
      });
      const first = await stage.boot([wrong]);
      await first.client.start(wrong, { workflowId: 'read' });
      expect(await stuckFailure(stage, 'read')).toMatchObject({ code: 'IO_IN_WORKFLOW' });
      await stage.shutDown();
      const second = await stage.boot([mended]);
      expect(await second.client.handle(mended, 'read').result()).toBe(read());
    });

    it('V5: I/O in a query fails the query, and leaves the run alone', async () => {
      const asked = defineWorkflow('asked', async (ctx) => {
        ctx.onQuery(branch, () => fs.readFileSync('package.json', 'utf8'));
        return ctx.signal(go);
      });
      const { client } = await stage.boot([asked]);
      const handle = await client.start(asked);
      await expect(handle.query(branch)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
      await handle.signal(go, 'on');
      expect(await handle.result()).toBe('on');
    });

    it('V5: steps, and all that is no workflow, do I/O as before', async () => {
      const reads = defineWorkflow('reads', async (ctx) => {
        const sizes = await Promise.all([
          ctx.step('sync', () => fs.readFileSync('package.json').length),
          ctx.step('async', async () => (await fs.promises.readFile('package.json')).length),
          ctx.step('process', async () => (await promisify(execFile)('echo', ['hello'])).stdout.length),
        ]);
        return sizes.map((size) => size > 0);
      });
      const { client } = await stage.boot([reads]);
      expect(await (await client.start(reads)).result()).toEqual([true, true, true]);
      expect(fs.readFileSync('package.json').length).toBeGreaterThan(0);
    });
  });
});

describe('V5, in a process of its own', () => {
  it.each([
    ['a rejection left alone', 'UNHANDLED_REJECTION'],
    ['a named import of a built-in module', 'IO_IN_WORKFLOW'],
    ['modules loaded while the workflow runs, and its log', 'completed'],
  ])('V5: %s', async (what, seen) => {
    const script = fileURLToPath(new URL('./processes/misbehaviour.main.ts', import.meta.url));
    const args = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register', script, what];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const report: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(report).toMatchObject({ seen, other: 'done' });
    if (seen !== 'completed') expect(report).toMatchObject({ site: expect.stringContaining('misbehaviour.main.ts:') });
  });
});

/** An order that has packed and waits for its signal, on a node that has stopped. */
async function waitingOrder(
  stage: Stage,
  workflow: WorkflowDefinition<void, unknown>,
): Promise<{ readonly workflowId: string }> {
  const { client } = await stage.boot([workflow]);
  const handle = await client.start(workflow, { workflowId: 'order-1' });
  await until(
    () => handle.describe(),
    ({ waits }) => waits.some(({ kind }) => kind === 'signal'),
  );
  await stage.shutDown();
  return { workflowId: handle.workflowId };
}

/** Why the run is stuck, as the log has it. */
async function stuckFailure(stage: Stage, workflowId: string): Promise<Failure> {
  const events = await until(
    () => eventsOf(stage.store(), workflowId),
    (seen) => seen.some(({ type }) => type === 'WorkflowStuck'),
  );
  const stuck = events.findLast(({ type }) => type === 'WorkflowStuck');
  return (stuck?.data as unknown as { readonly failure: Failure }).failure;
}

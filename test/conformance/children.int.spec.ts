import { expect, it } from '@jest/globals';
import type { EventStore } from '@fermata/engine';
import {
  CancelledError,
  ChildError,
  createFermata,
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  NonRetryableError,
  RecordedError,
  type WorkflowDefinition,
} from '@fermata/sdk';
import { describeConformance, eventsOf, until } from './harness.js';

const go = defineSignal<string>('go');

describeConformance('children and lineage', (stage) => {
  const echo = defineWorkflow<{ n: number }, { n: number }>('echo', async (ctx, { n }) => {
    if (n < 0) throw new NonRetryableError('negative');
    return { n: await ctx.step('think', () => n * 2) };
  });
  /** Waits for a signal, and cleans up when it is cancelled. */
  const waiting = defineWorkflow('waiting', async (ctx) => {
    try {
      return await ctx.signal(go);
    } finally {
      if (ctx.isCancelled) await ctx.uncancellable((inner) => inner.step('clean up', () => 'clean'));
    }
  });

  const typesOf = async (workflowId: string): Promise<readonly string[]> =>
    (await eventsOf(stage.store(), workflowId)).map(({ type }) => type);
  const countOf = async (workflowId: string, type: string): Promise<number> =>
    (await typesOf(workflowId)).filter((other) => other === type).length;
  const untilRecorded = (workflowId: string, type: string, count = 1): Promise<number> =>
    until(
      () => countOf(workflowId, type),
      (seen) => seen >= count,
    );
  /** The closing event of the newest run. */
  const endOf = (workflowId: string): Promise<string | undefined> =>
    until(
      async () => (await typesOf(workflowId)).findLast((type) => closings.has(type)),
      (closing) => closing !== undefined,
    );

  it('C1: result, failure, time-out, cancellation and termination of a child reach the parent typed, with its IDs', async () => {
    const parent = defineWorkflow('parent', async (ctx) => {
      const good = await ctx.executeChild(echo, { workflowId: 'good', input: { n: 21 } });
      const bad = ctx.executeChild(echo, { workflowId: 'bad', input: { n: -1 } });
      const late = ctx.executeChild(waiting, { workflowId: 'late', runTimeout: '20ms' });
      const asked = await ctx.startChild(waiting, { workflowId: 'asked' });
      asked.cancel();
      const cancelled = ctx.executeChild(waiting, { workflowId: 'cancelled' });
      const terminated = ctx.executeChild(waiting, { workflowId: 'terminated' });
      const ends: object[] = [];
      for (const end of [bad, late, asked.result(), cancelled, terminated]) {
        const error = await end.catch((caught: unknown) => caught);
        if (!(error instanceof ChildError)) throw new Error('no child error');
        const { workflowId, runId, status, type, message, code } = error;
        ends.push({ workflowId, runId, status, type, message, code });
      }
      return { good, ends };
    });
    const { client } = await stage.boot([echo, waiting, parent]);
    const handle = await client.start(parent);
    for (const id of ['cancelled', 'terminated']) await untilRecorded(id, 'SignalAwaited');
    await client.handle('cancelled').cancel('not wanted');
    await client.handle('terminated').terminate('in the way');
    const { good, ends } = await handle.result();
    expect(good).toEqual({ n: 42 });
    const runIdOf = async (id: string): Promise<string> => (await client.describe(id)).runId;
    expect(ends).toEqual([
      {
        workflowId: 'bad',
        runId: await runIdOf('bad'),
        status: 'failed',
        type: 'NonRetryableError',
        message: 'negative',
        code: undefined,
      },
      {
        workflowId: 'late',
        runId: await runIdOf('late'),
        status: 'timed-out',
        type: 'TimeoutError',
        message: expect.any(String),
        code: 'WAIT_TIMED_OUT',
      },
      {
        workflowId: 'asked',
        runId: await runIdOf('asked'),
        status: 'cancelled',
        type: 'CancelledError',
        message: expect.any(String),
        code: 'CANCELLED',
      },
      {
        workflowId: 'cancelled',
        runId: await runIdOf('cancelled'),
        status: 'cancelled',
        type: 'CancelledError',
        message: expect.stringContaining('not wanted'),
        code: 'CANCELLED',
      },
      {
        workflowId: 'terminated',
        runId: await runIdOf('terminated'),
        status: 'terminated',
        type: 'TerminatedError',
        message: expect.stringContaining('in the way'),
        code: 'TERMINATED',
      },
    ]);
  });

  it.each(['completed', 'failed', 'cancelled', 'terminated', 'timed-out'] as const)(
    'C2: a child that is open when its parent is %s is dealt with as its policy says',
    async (ending) => {
      const parent = defineWorkflow('parent', async (ctx) => {
        await ctx.startChild(waiting, {
          workflowId: 'terminated',
          parentClosePolicy: 'terminate',
          cancellation: 'try',
        });
        await ctx.startChild(waiting, { workflowId: 'cancelled', parentClosePolicy: 'cancel', cancellation: 'try' });
        await ctx.startChild(waiting, {
          workflowId: 'abandoned',
          parentClosePolicy: 'abandon',
          cancellation: 'abandon',
        });
        if (ending === 'completed') return;
        if (ending === 'failed') throw new Error('no');
        await ctx.signal(go);
      });
      const { client } = await stage.boot([waiting, parent]);
      const options = ending === 'timed-out' ? { runTimeout: '60ms' as const } : {};
      const handle = await client.start(parent, { workflowId: 'p', ...options });
      if (ending === 'cancelled' || ending === 'terminated') {
        await untilRecorded('p', 'SignalAwaited');
        await (ending === 'cancelled' ? handle.cancel() : handle.terminate());
      }
      await handle.result().catch(() => undefined);
      expect((await handle.describe()).status).toBe(ending);
      expect(await endOf('terminated')).toMatch(
        // A run that was asked to end asks its children first; that may be done before the policy ends them.
        ending === 'cancelled' || ending === 'timed-out'
          ? /WorkflowTerminated|WorkflowCancelled/
          : 'WorkflowTerminated',
      );
      expect(await endOf('cancelled')).toBe('WorkflowCancelled');
      expect(await typesOf('cancelled')).toContain('StepSucceeded');
      await untilRecorded('p', 'ChildrenReleased');
      expect((await client.describe('abandoned')).status).toBe('running');
      await client.handle('abandoned').signal(go, '');
      expect(await endOf('abandoned')).toBe('WorkflowCompleted');
    },
  );

  it('C2: cancellation tries, waits until it is requested or until the end, or leaves alone, as the mode says', async () => {
    /** Closes only when it is told to, whoever cancels it. */
    const stubborn = defineWorkflow('stubborn', async (ctx) => {
      await ctx.signal('never').catch(() => undefined);
      return ctx.uncancellable((inner) => inner.signal(go));
    });
    const parent = defineWorkflow('parent', async (ctx) => {
      const order: string[] = [];
      const modes = ['try', 'requested', 'wait', 'abandon'] as const;
      const ends = await ctx.scope(async (inner) => {
        const children = [];
        for (const cancellation of modes) {
          const options = { workflowId: cancellation, cancellation, parentClosePolicy: 'abandon' } as const;
          children.push(await inner.startChild(stubborn, options));
        }
        return children.map((child, index) =>
          child.result().then(
            (word) => order.push(`${modes[index]}: ${word}`),
            (error: unknown) =>
              order.push(`${modes[index]}: ${error instanceof CancelledError ? 'cancelled' : 'other'}`),
          ),
        );
      });
      await Promise.all(ends);
      return order;
    });
    const { client } = await stage.boot([stubborn, parent]);
    const handle = await client.start(parent, { workflowId: 'p' });
    for (const id of ['try', 'requested', 'wait']) await untilRecorded(id, 'CancelRequested');
    await untilRecorded('p', 'ChildCancelDelivered');
    expect(await typesOf('abandon')).not.toContain('CancelRequested');
    expect(await typesOf('p')).not.toContain('WorkflowCompleted');
    await client.handle('wait').signal(go, 'its own word');
    expect(await handle.result()).toEqual([
      'try: cancelled',
      'abandon: cancelled',
      'requested: cancelled',
      'wait: its own word',
    ]);
    // Before the parent went on the request was with the child.
    const log = (await stage.store().readLog({ after: 0, limit: 1_000 })).map(
      ({ type, stream }) => `${stream.slice(stream.indexOf('-') + 1)} ${type}`,
    );
    expect(log.indexOf('requested CancelRequested')).toBeLessThan(log.indexOf('p ChildCancelDelivered'));
    await client.handle('abandon').signal('never');
    for (const id of ['try', 'requested', 'abandon']) await client.handle(id).signal(go, 'end');
    for (const id of ['try', 'requested', 'abandon']) expect(await endOf(id)).toBe('WorkflowCompleted');
  });

  it.each(['try', 'requested', 'wait'] as const)(
    'C2: a request to cancel in mode %s reaches the child after a crash at any append',
    async (cancellation) => {
      const parent = defineWorkflow('parent', async (ctx) => {
        const left = await ctx
          .scope((inner) => inner.executeChild(waiting, { workflowId: `${ctx.workflowId} child`, cancellation }), {
            timeout: '1ms',
          })
          .catch((error: unknown) => (error instanceof Error ? error.name : 'other'));
        await ctx.signal(go);
        return left;
      });
      for (let appends = 1; appends <= 8; appends++) {
        const workflowId = `p${appends}`;
        const dying = dyingStore(stage.store(), appends);
        const first = await createFermata({
          store: dying.store,
          workflows: [parent, waiting],
          limits: { stopGraceMs: 1 },
        });
        first.client.start(parent, { workflowId }).catch(() => undefined);
        // A run that needs fewer appends has come to its last wait.
        await Promise.race([dying.died, untilRecorded(`${workflowId} child`, 'WorkflowCancelled')]);
        await first.close();
        const { client } = await stage.boot([parent, waiting]);
        expect(await endOf(`${workflowId} child`)).toBe('WorkflowCancelled');
        await client.handle(workflowId).signal(go, '');
        // The news that it is asked to end, and that it has ended, may come in either order.
        const names = { try: /^TimeoutError$/, requested: /^TimeoutError$|^ChildError$/, wait: /^ChildError$/ };
        expect(await client.handle(workflowId).result()).toMatch(names[cancellation]);
        expect(await countOf(`${workflowId} child`, 'CancelRequested')).toBe(1);
        await stage.shutDown();
      }
    },
  );

  it('C3: starting gives a handle as soon as the start is durable, and none for an ID that is taken', async () => {
    const parent = defineWorkflow('parent', async (ctx) => {
      const child = await ctx.startChild(waiting, { workflowId: 'child' });
      const refusals: unknown[] = [];
      for (const options of [
        { workflow: waiting, workflowId: 'child' },
        { workflow: waiting, workflowId: 'somebody else' },
        { workflow: { type: 'not registered' }, workflowId: 'x' },
      ]) {
        const refusal = await ctx
          .startChild(options.workflow, { workflowId: options.workflowId })
          .catch((e: unknown) => e);
        refusals.push(refusal instanceof RecordedError && refusal.code);
      }
      // A taken ID fails the short form, too.
      const short = await ctx.executeChild(waiting, { workflowId: 'child' }).catch((error: unknown) => error);
      refusals.push(short instanceof RecordedError && short.code);
      await ctx.step('look', async () => {
        if ((await typesOf('child'))[0] !== 'WorkflowStarted') throw new NonRetryableError('not durable');
      });
      await child.signal(go, 'word');
      return { ids: [child.workflowId, child.runId], refusals, result: await child.result() };
    });
    const { client } = await stage.boot([waiting, parent]);
    await client.start(waiting, { workflowId: 'somebody else' });
    const { ids, refusals, result } = await (await client.start(parent)).result();
    expect(ids).toEqual(['child', (await client.describe('child')).runId]);
    expect(refusals).toEqual([
      'WORKFLOW_ALREADY_STARTED',
      'WORKFLOW_ALREADY_STARTED',
      'UNKNOWN_WORKFLOW_TYPE',
      'WORKFLOW_ALREADY_STARTED',
    ]);
    expect(result).toBe('word');
    await client.handle('somebody else').terminate();
  });

  it('C4: a workflow with a retry policy is tried again in new runs under its ID; clients get the last result', async () => {
    let tries = 0;
    const flaky = defineWorkflow<{ failures: number }, number>('flaky', async (ctx, { failures }) => {
      const done = await ctx.step('try', () => ++tries);
      if (done <= failures) throw new Error(`try ${done}`);
      return done;
    });
    const { client } = await stage.boot([flaky]);
    const retry = { initialInterval: '1ms', maxAttempts: 3 } as const;
    const good = await client.start(flaky, { workflowId: 'good', input: { failures: 2 }, retry });
    expect(await good.result()).toBe(3);
    tries = 0;
    const bad = await client.start(flaky, { workflowId: 'bad', input: { failures: 5 }, retry });
    await expect(bad.result()).rejects.toMatchObject({ message: 'try 3', status: 'failed' });
    for (const id of ['good', 'bad']) {
      const starts = (await eventsOf(stage.store(), id)).filter(({ type }) => type === 'WorkflowStarted');
      const data = starts.map((start) => start.data as unknown as { runId: string; attempt?: number });
      expect(data.map(({ attempt }) => attempt ?? 1)).toEqual([1, 2, 3]);
      expect(new Set(data.map(({ runId }) => runId)).size).toBe(3);
      expect(data.slice(1)).toMatchObject(data.slice(0, 2).map(({ runId }) => ({ previousRunId: runId })));
    }
    tries = 0;
    const final = { ...retry, nonRetryable: ['Error'] };
    const once = await client.start(flaky, { workflowId: 'once', input: { failures: 5 }, retry: final });
    await expect(once.result()).rejects.toMatchObject({ message: 'try 1' });
    expect(await countOf('once', 'WorkflowStarted')).toBe(1);
  });

  it('C4: a child with a retry policy is tried again in new runs, and its parent gets the result of the last', async () => {
    let tries = 0;
    const flaky = defineWorkflow('flaky', async (ctx) => {
      const done = await ctx.step('try', () => ++tries);
      if (done % 3 !== 0) throw new Error(`try ${done}`);
      if (done === 6) throw new NonRetryableError('six');
      return done;
    });
    const parent = defineWorkflow('parent', async (ctx) => {
      const retry = { initialInterval: '1ms', maxAttempts: 3 } as const;
      const child = await ctx.startChild(flaky, { workflowId: 'child', retry });
      const third = await child.result();
      const sixth = await ctx.executeChild(flaky, { workflowId: 'other', retry }).catch((error: unknown) => error);
      if (!(sixth instanceof ChildError)) throw new Error('no child error');
      return { third, sixth: sixth.message, firstRun: child.runId, lastRun: sixth.runId };
    });
    const { client } = await stage.boot([flaky, parent]);
    const { third, sixth, firstRun, lastRun } = await (await client.start(parent)).result();
    expect([third, sixth]).toEqual([3, 'six']);
    expect(await countOf('child', 'WorkflowStarted')).toBe(3);
    expect((await client.describe('child')).runId).not.toBe(firstRun);
    expect((await client.describe('other')).runId).toBe(lastRun);
  });

  it('C5: continue-as-new goes on under the same ID; the chain is visible, and clients get the result of its last run', async () => {
    const ticker = defineWorkflow<{ left: number; runs: number }, number>('ticker', async (ctx, { left, runs }) => {
      await ctx.step('tick', () => left);
      if (runs === 3) await ctx.signal(go);
      if (left > 1) return ctx.continueAsNew({ left: left - 1, runs: runs + 1 });
      return runs;
    });
    const parent = defineWorkflow('parent', async (ctx) =>
      ctx.executeChild(ticker, { workflowId: 'child', input: { left: 2, runs: 1 } }),
    );
    const first = await stage.boot([ticker, parent]);
    const { runId } = await first.client.start(ticker, { workflowId: 'ticker', input: { left: 4, runs: 1 } });
    await untilRecorded('ticker', 'SignalAwaited');
    await stage.shutDown();
    const { client, engine } = await stage.boot([ticker, parent]);
    const result = client.handle(ticker, 'ticker').result();
    // By the first run, too.
    const byFirstRun = engine.results.wait({ namespace: 'default', workflowId: 'ticker' }, { runId });
    await client.handle(ticker, 'ticker').signal(go, '');
    expect(await result).toBe(4);
    expect(await byFirstRun).toMatchObject({ status: 'completed', result: 4 });
    const { items } = await client.list({ filter: 'workflowId = "ticker"' });
    expect(items.map(({ status }) => status).sort()).toEqual([
      'completed',
      'continued-as-new',
      'continued-as-new',
      'continued-as-new',
    ]);
    const starts = (await eventsOf(stage.store(), 'ticker')).filter(({ type }) => type === 'WorkflowStarted');
    const runs = starts.map(({ data }) => data as unknown as { runId: string; previousRunId?: string });
    expect(runs.map(({ previousRunId }) => previousRunId)).toEqual([
      undefined,
      ...runs.slice(0, 3).map((run) => run.runId),
    ]);
    // A parent waits for the whole chain.
    expect(await (await client.start(parent)).result()).toBe(2);
  });

  it('C5: signals that nobody took and updates go over to the next run: each is handled once', async () => {
    const seen = defineQuery<readonly string[]>('seen');
    const note = defineUpdate<number, string>('note');
    const entity = defineWorkflow<{ words: string[] }, string[]>('entity', async (ctx, { words }) => {
      ctx.onQuery(seen, () => words);
      ctx.onUpdate(note, async (word) => {
        await ctx.step('write', () => word);
        return words.push(word);
      });
      for (let taken = 0; taken < 2; taken++) {
        const word = await ctx.signal(go);
        if (word === 'end') return words;
        words.push(word);
      }
      return ctx.continueAsNew(() => ({ words: [...words] }));
    });
    const { client } = await stage.boot([entity]);
    await client.start(entity, { workflowId: 'e', input: { words: [] } });
    const handle = client.handle(entity, 'e');
    const signals = ['s0', 's1', 's2', 's3', 's4', 's5', 's6'];
    const updates = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'];
    const counts = await Promise.all([
      ...updates.slice(0, 3).map((word) => handle.update(note, word, { requestId: word })),
      ...signals.map((word) => handle.signal(go, word, { requestId: word })),
      ...updates.slice(3).map((word) => handle.update(note, word, { requestId: word })),
      // Repeats, which may come to a later run than the first: they count once in the execution.
      ...signals.map((word) => handle.signal(go, word, { requestId: word })),
    ]);
    for (const word of updates) await handle.update(note, word, { requestId: word });
    expect(counts.filter((count) => typeof count === 'number')).toHaveLength(6);
    expect([...(await handle.query(seen))].sort()).toEqual([...signals, ...updates].sort());
    await handle.signal(go, 'end');
    const words = await handle.result();
    expect(words.filter((word) => word.startsWith('s'))).toEqual(signals);
    expect(await countOf('e', 'WorkflowStarted')).toBe(4);
  });

  const family: WorkflowDefinition<{ children: number; depth: number }, number> = defineWorkflow(
    'family',
    async (ctx, { children, depth }: { children: number; depth: number }): Promise<number> => {
      await ctx.step('be born', ({ workflowId }) => workflowId);
      if (depth === 0) return 0;
      const input = { children, depth: depth - 1 };
      const descendants = await Promise.all(
        Array.from({ length: children }, () => ctx.executeChild(family, { input })),
      );
      return descendants.reduce((sum, count) => sum + count + 1, 0);
    },
  );
  /** Every execution that there is started once, and was born once. */
  const startsOf = async (): Promise<{
    readonly executions: number;
    readonly starts: number;
    readonly births: number;
  }> => {
    const events = [];
    for (let after = 0; ;) {
      const page = await stage.store().readLog({ after, limit: 2_000 });
      if (page.length === 0) break;
      events.push(...page);
      after = page.at(-1)?.position ?? after;
    }
    const starts = events.filter(({ type }) => type === 'WorkflowStarted');
    const births = events.filter(({ type }) => type === 'StepSucceeded');
    return {
      executions: new Set(starts.map(({ stream }) => stream)).size,
      starts: starts.length,
      births: births.length,
    };
  };

  it('C6: 100 children at once, and children of children: each is started once', async () => {
    const { client } = await stage.boot([family]);
    const wide = await client.start(family, { input: { children: 100, depth: 1 } });
    const deep = await client.start(family, { input: { children: 3, depth: 3 } });
    expect(await wide.result()).toBe(100);
    expect(await deep.result()).toBe(39);
    expect(await startsOf()).toEqual({ executions: 141, starts: 141, births: 141 });
  });

  it.each([1, 2, 3, 4, 5, 7, 9, 12, 15, 18, 22, 27, 30, 33])(
    'C6: after a crash at append %i each child and grandchild is started once',
    async (appends) => {
      // The last append lands, but its answer is lost with the node.
      const dying = dyingStore(stage.store(), appends);
      const first = await createFermata({ store: dying.store, workflows: [family], limits: { stopGraceMs: 1 } });
      first.client.start(family, { workflowId: 'f', input: { children: 3, depth: 2 } }).catch(() => undefined);
      await dying.died;
      await first.close();
      const { client } = await stage.boot([family]);
      expect(await client.handle(family, 'f').result()).toBe(12);
      expect(await startsOf()).toEqual({ executions: 13, starts: 13, births: 13 });
    },
  );

  it('C6: after a crash in the middle of 100 starts each child is started once', async () => {
    const dying = dyingStore(stage.store(), 60);
    const first = await createFermata({ store: dying.store, workflows: [family], limits: { stopGraceMs: 1 } });
    await first.client.start(family, { workflowId: 'f', input: { children: 100, depth: 1 } });
    await dying.died;
    await first.close();
    const { client } = await stage.boot([family]);
    expect(await client.handle(family, 'f').result()).toBe(100);
    expect(await startsOf()).toEqual({ executions: 101, starts: 101, births: 101 });
  });
});

const closings = new Set([
  'WorkflowCompleted',
  'WorkflowFailed',
  'WorkflowCancelled',
  'WorkflowTimedOut',
  'WorkflowTerminated',
]);

/** A store that answers no more after so many appends: what comes later is never written. */
function dyingStore(
  store: EventStore,
  appendsMax: number,
): { readonly store: EventStore; readonly died: Promise<void> } {
  let appends = 0;
  let die = (): void => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  const never = new Promise<never>(() => undefined);
  return {
    died,
    store: {
      append: async (...call) => {
        appends++;
        if (appends > appendsMax) return never;
        const appended = await store.append(...call);
        if (appends < appendsMax) return appended;
        die();
        return never;
      },
      readStream: (...call) => store.readStream(...call),
      readLog: (...call) => store.readLog(...call),
      head: () => store.head(),
      subscribe: (subscriber) => store.subscribe(subscriber),
      truncate: (...call) => store.truncate(...call),
      // The stage's own, which outlives the node.
      close: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

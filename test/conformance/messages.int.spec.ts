import { once } from 'node:events';
import { setImmediate as nextImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import {
  defaultSignal,
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  StepError,
  type Fermata,
  type WorkflowContext,
} from '@fermata/sdk';
import { FermataModule, FermataNode, Query, Signal, Update, Workflow } from '@fermata/nestjs';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describeConformance, eventsOf, until } from './harness.js';

const go = defineSignal<string>('go');
const add = defineSignal<number>('add');
const stop = defineSignal<string>('stop');
const total = defineQuery<number>('total');
const addAndGet = defineUpdate<number, number>('add-and-get');

/** The code and the details of a rejection; nothing of what is fulfilled. */
async function refusalOf(promise: Promise<unknown>): Promise<{ readonly code?: unknown; readonly details?: unknown }> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { code, details } = (thrown ?? {}) as { readonly code?: unknown; readonly details?: unknown };
  return { code, details };
}

/** The code of a rejection, or `none`. */
async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return (await refusalOf(promise)).code ?? 'none';
}

describeConformance('messages', (stage) => {
  const typesOf = async (workflowId: string): Promise<readonly string[]> =>
    (await eventsOf(stage.store(), workflowId)).map(({ type }) => type);
  const countOf = async (workflowId: string, type: string): Promise<number> =>
    (await typesOf(workflowId)).filter((other) => other === type).length;
  const untilRecorded = (workflowId: string, type: string): Promise<readonly string[]> =>
    until(
      () => typesOf(workflowId),
      (types) => types.includes(type),
    );

  it('M1: signals sent before, during and after the waits for them are taken once each, in log order', async () => {
    const listener = defineWorkflow('listener', async (ctx) => {
      const words = [await ctx.signal(go)];
      await ctx.signal(stop);
      for (let taken = 0; taken < 3; taken++) words.push(await ctx.signal(go));
      return words;
    });
    const { client } = await stage.boot([listener]);
    const handle = await client.start(listener, { workflowId: 'l', startDelay: '30ms' });
    await handle.signal(go, 'before the code began');
    await untilRecorded('l', 'SignalAwaited');
    await handle.signal(go, 'while it waited for another');
    await handle.signal(go, 'again');
    await handle.signal(stop, '');
    await until(
      () => countOf('l', 'SignalAwaited'),
      (count) => count === 2,
    );
    await handle.signal(go, 'during the wait');
    expect(await handle.result()).toEqual([
      'before the code began',
      'while it waited for another',
      'again',
      'during the wait',
    ]);
    await expect(handle.signal(go, 'too late')).rejects.toMatchObject({ code: 'EXECUTION_CLOSED' });
  });

  it('M1: a signal of an unknown name is kept, over a restart too, for a handler that is registered later', async () => {
    const late = defineWorkflow('late', async (ctx) => {
      const got: unknown[] = [];
      await ctx.signal(stop);
      ctx.onSignal('never heard of', (payload) => void got.push(payload));
      await ctx.condition(() => got.length === 3);
      return got;
    });
    const first = await stage.boot([late]);
    const { workflowId } = await first.client.start(late);
    await first.client.handle(workflowId).signal('never heard of', 1);
    await first.client.handle(workflowId).signal('never heard of', 2);
    await stage.shutDown();
    const { client } = await stage.boot([late]);
    const handle = client.handle(late, workflowId);
    await handle.signal(stop, '');
    await handle.signal('never heard of', 3);
    expect(await handle.result()).toEqual([1, 2, 3]);
  });

  it('M1: a signal beside the turn that closes the run is handled, or its sender is told that it is not', async () => {
    const closing = defineWorkflow('closing', async (ctx) => {
      ctx.onSignal(add, async (n) => {
        await ctx.step('weigh', () => n);
      });
      await ctx.signal(stop);
    });
    const { client } = await stage.boot([closing]);
    const handle = await client.start(closing, { workflowId: 'c' });
    const sent = [
      ...Array.from({ length: 10 }, () => codeOf(handle.signal(add, 1))),
      codeOf(handle.signal(stop, '')),
      ...Array.from({ length: 10 }, () => codeOf(handle.signal(add, 1))),
    ];
    await nextImmediate();
    const late = Array.from({ length: 10 }, () => codeOf(handle.signal(add, 1)));
    const codes = await Promise.all([...sent, ...late]);
    await handle.result();
    expect(codes.every((code) => code === 'none' || code === 'EXECUTION_CLOSED')).toBe(true);
    const acknowledged = codes.filter((code) => code === 'none').length - 1;
    expect(acknowledged).toBeGreaterThanOrEqual(10);
    expect(await countOf('c', 'SignalReceived')).toBe(acknowledged + 1);
    // Each acknowledged one had its handler called, and each handler was awaited.
    expect(await countOf('c', 'StepSucceeded')).toBe(acknowledged);
  });

  /** Sums up signals and updates until it is stopped. */
  const summing = defineWorkflow<{ start: number }, number>('summing', async (ctx, { start }) => {
    let sum = start;
    ctx.onQuery(total, () => sum);
    ctx.onSignal(add, (n) => void (sum += n));
    const addWeighed = async (n: number): Promise<number> => {
      const weighed = await ctx.step('weigh', () => n);
      return (sum += weighed);
    };
    ctx.onUpdate(addAndGet, addWeighed, {
      validate: (n) => {
        if (n <= 0) throw new RangeError(`${n} is too small`);
      },
    });
    await ctx.signal(stop);
    return sum;
  });

  it('M2: signal with start begins the run or finds it, and delivers once either way, however often it is sent', async () => {
    const { client } = await stage.boot([summing]);
    const start = { workflowId: 's', input: { start: 100 } };
    const sends = Array.from({ length: 8 }, (_, n) => ({ ...start, requestId: `start ${n % 4}`, n: n % 4 }));
    // Each of four, twice at the same time.
    const handles = await Promise.all(
      sends.map(({ n, ...options }) =>
        client.signalWithStart(summing, options, add, 10 ** n, { requestId: `add ${n}` }),
      ),
    );
    expect(new Set(handles.map(({ runId }) => runId)).size).toBe(1);
    expect(await countOf('s', 'WorkflowStarted')).toBe(1);
    const handle = client.handle(summing, 's');
    expect(await handle.query(total)).toBe(100 + 1111);
    await handle.signal(stop, '');
    expect(await handle.result()).toBe(1211);
  });

  it('M2: a repeat after the run has closed, over a restart too, neither starts nor delivers again', async () => {
    const first = await stage.boot([summing]);
    const options = { workflowId: 's', input: { start: 0 } };
    const sendTo = ({ client }: Fermata): Promise<{ readonly runId: string }> =>
      client.signalWithStart(summing, options, stop, '', { requestId: 'once' });
    const { runId } = await sendTo(first);
    await first.client.handle(summing, 's').result();
    expect((await sendTo(first)).runId).toBe(runId);
    await stage.shutDown();
    expect((await sendTo(await stage.boot([summing]))).runId).toBe(runId);
    expect(await countOf('s', 'WorkflowStarted')).toBe(1);
    expect(await countOf('s', 'SignalReceived')).toBe(1);
  });

  it('M2: update with start begins the run or finds it, and is carried out once either way', async () => {
    const { client } = await stage.boot([summing]);
    const options = { workflowId: 's', input: { start: 100 } };
    const send = (n: number): Promise<number> =>
      client.updateWithStart(summing, options, addAndGet, 10 ** n, { requestId: `add ${n}` });
    const answers = await Promise.all([send(0), send(1), send(0), send(1), send(0)]);
    expect(await countOf('s', 'WorkflowStarted')).toBe(1);
    expect(await countOf('s', 'UpdateAccepted')).toBe(2);
    expect(answers[0]).toBe(answers[2]);
    expect(answers[1]).toBe(answers[3]);
    expect(await client.handle(summing, 's').query(total)).toBe(111);
    await client.handle(summing, 's').signal(stop, '');
    expect(await client.handle(summing, 's').result()).toBe(111);
    // Repeated after the close: the first answer, and no new run.
    expect(await send(0)).toBe(answers[0]);
    expect(await countOf('s', 'WorkflowStarted')).toBe(1);
  });

  it('M3: a validator rejects without a trace; what it accepts gets a durable result, from steps too', async () => {
    const { client } = await stage.boot([summing]);
    const handle = await client.start(summing, { workflowId: 's', input: { start: 1 } });
    await untilRecorded('s', 'SignalAwaited');
    const before = await typesOf('s');
    await expect(handle.update(addAndGet, -1)).rejects.toMatchObject({
      code: 'UPDATE_REJECTED',
      message: expect.stringContaining('-1 is too small'),
    });
    await expect(handle.update('add-and-got', 1)).rejects.toMatchObject({
      code: 'UNKNOWN_UPDATE',
      details: { known: ['add-and-get'] },
    });
    expect(await typesOf('s')).toEqual(before);
    expect(await handle.query(total)).toBe(1);
    expect(await handle.update(addAndGet, 2)).toBe(3);
    expect(await typesOf('s')).toEqual([
      ...before,
      'UpdateAccepted',
      'StepScheduled',
      'StepSucceeded',
      'UpdateCompleted',
    ]);
    await handle.signal(stop, '');
    expect(await handle.result()).toBe(3);
  });

  it('M3: a validator that asks for something durable, or is async, rejects the update and harms nothing else', async () => {
    const careless = defineWorkflow('careless', async (ctx) => {
      const validate = (): void => void ctx.step('look', () => 1);
      ctx.onUpdate('with a step', () => 'done', { validate });
      // Its type lets it through, since what answers may be left alone.
      const later: () => unknown = () => Promise.reject(new Error('no'));
      ctx.onUpdate('async', () => 'done', { validate: later });
      return ctx.signal(stop);
    });
    const { client } = await stage.boot([careless]);
    const handle = await client.start(careless, { workflowId: 'c' });
    expect(await codeOf(handle.update('with a step'))).toBe('UPDATE_REJECTED');
    expect(await codeOf(handle.update('async'))).toBe('UPDATE_REJECTED');
    await nextImmediate();
    await handle.signal(stop, 'fine');
    expect(await handle.result()).toBe('fine');
    expect(await typesOf('c')).not.toContain('StepScheduled');
  });

  it('M3: what a handler throws is the answer, for repeats too, and the run goes on', async () => {
    const refusing = defineWorkflow('refusing', async (ctx) => {
      ctx.onUpdate('refuse', async () => {
        await ctx.sleep('5ms');
        throw new RangeError('not today');
      });
      return ctx.signal(stop);
    });
    const { client } = await stage.boot([refusing]);
    const handle = await client.start(refusing);
    const options = { requestId: 'once' };
    const refusal = { type: 'RangeError', message: 'not today' };
    await expect(handle.update('refuse', undefined, options)).rejects.toMatchObject(refusal);
    await expect(handle.update('refuse', undefined, options)).rejects.toMatchObject(refusal);
    expect(await countOf(handle.workflowId, 'UpdateAccepted')).toBe(1);
    await handle.signal(stop, 'still here');
    expect(await handle.result()).toBe('still here');
  });

  it('M3: the same idempotency key returns the first result: at once, after the close and after a restart', async () => {
    const first = await stage.boot([summing]);
    const handle = await first.client.start(summing, { workflowId: 's', input: { start: 0 } });
    const once = { requestId: 'once' };
    expect(await Promise.all([handle.update(addAndGet, 5, once), handle.update(addAndGet, 5, once)])).toEqual([5, 5]);
    await handle.update(addAndGet, 1);
    expect(await handle.update(addAndGet, 5, once)).toBe(5);
    await handle.signal(stop, '');
    expect(await handle.result()).toBe(6);
    expect(await handle.update(addAndGet, 5, once)).toBe(5);
    await stage.shutDown();
    const { client } = await stage.boot([summing]);
    expect(await client.handle(summing, 's').update(addAndGet, 5, once)).toBe(5);
    expect(await codeOf(client.handle(summing, 's').update(addAndGet, 5))).toBe('EXECUTION_CLOSED');
    expect(await countOf('s', 'UpdateAccepted')).toBe(2);
  });

  it('M3: an update survives a stop between its acceptance and its completion', async () => {
    let tries = 0;
    let isHeld = true;
    const slow = defineWorkflow('slow', async (ctx) => {
      ctx.onUpdate('work', async () =>
        ctx.step('work', async ({ signal }) => {
          tries++;
          if (isHeld) await once(signal, 'abort');
          signal.throwIfAborted();
          return 'worked';
        }),
      );
      return ctx.signal(stop);
    });
    const first = await stage.boot([slow], { limits: { stopGraceMs: 1 } });
    const handle = await first.client.start(slow, { workflowId: 'w' });
    const cutOff = codeOf(handle.update('work', undefined, { requestId: 'once' }));
    await until(
      () => tries,
      (seen) => seen === 1,
    );
    await stage.shutDown();
    expect(await cutOff).toBe('ENGINE_STOPPED');
    expect(await countOf('w', 'UpdateCompleted')).toBe(0);
    isHeld = false;
    const { client } = await stage.boot([slow]);
    expect(await client.handle(slow, 'w').update('work', undefined, { requestId: 'once' })).toBe('worked');
    expect(await countOf('w', 'UpdateAccepted')).toBe(1);
    await client.handle(slow, 'w').signal(stop, 'end');
    expect(await client.handle(slow, 'w').result()).toBe('end');
  });

  it('M4: a query sees the state after the last applied event, on open and closed runs, from memory and from the log', async () => {
    const first = await stage.boot([summing]);
    const handle = await first.client.start(summing, { workflowId: 's', input: { start: 1 } });
    for (let n = 0; n < 5; n++) {
      await handle.signal(add, 1);
      expect(await handle.query(total)).toBe(2 + n);
    }
    await handle.signal(stop, '');
    await handle.result();
    expect(await handle.query(total)).toBe(6);
    await stage.shutDown();
    const { client } = await stage.boot([summing]);
    expect(await client.handle(summing, 's').query(total)).toBe(6);
    await expect(client.handle(summing, 's').query('totla')).rejects.toMatchObject({
      code: 'UNKNOWN_QUERY',
      details: { known: ['total'] },
    });
    expect(await codeOf(client.handle(summing, 'nobody').query(total))).toBe('EXECUTION_NOT_FOUND');
  });

  it('M4: a query that throws, waits, runs a step or asks for anything durable fails alone and changes nothing', async () => {
    const asks: Record<string, (ctx: WorkflowContext) => unknown> = {
      throws: () => {
        throw new Error('no');
      },
      'throws later': async () => Promise.reject(new Error('no')),
      'gives a function': () => () => 1,
      step: (ctx) => ctx.step('peek', () => 1),
      sleep: (ctx) => ctx.sleep(1),
      timer: () => setTimeout(() => undefined, 1),
      signal: (ctx) => ctx.signal('x'),
      condition: (ctx) => ctx.condition(() => true),
      scope: (ctx) => ctx.scope(async () => 1),
      child: (ctx) => ctx.startChild(summing, { input: { start: 0 } }),
      'signal to another': (ctx) => ctx.signalWorkflow('other', 'x'),
      'continue as new': (ctx) => ctx.continueAsNew(),
      patch: (ctx) => ctx.patch('p'),
      random: (ctx) => ctx.random(),
      uuid: (ctx) => ctx.uuid(),
      handler: (ctx) => ctx.onSignal('x', () => undefined),
      'update handler': (ctx) => ctx.onUpdate('x', () => undefined),
      'query handler': (ctx) => ctx.onQuery('x', () => 1),
      'search attributes': (ctx) => ctx.setSearchAttributes({ x: 1 }),
    };
    const asked = defineWorkflow('asked', async (ctx) => {
      for (const [name, ask] of Object.entries(asks)) ctx.onQuery(name, () => ask(ctx));
      await ctx.signal(go);
      return 'unharmed';
    });
    const { client } = await stage.boot([asked]);
    const handle = await client.start(asked, { workflowId: 'a' });
    await untilRecorded('a', 'SignalAwaited');
    const before = await typesOf('a');
    for (const name of Object.keys(asks))
      expect([name, await codeOf(handle.query(name))]).toEqual([name, 'QUERY_FAILED']);
    expect(await codeOf(handle.query('x'))).toBe('UNKNOWN_QUERY');
    await nextImmediate();
    expect(await typesOf('a')).toEqual(before);
    await handle.signal(go, '');
    expect(await handle.result()).toBe('unharmed');
  });

  it('M4: chance that a query draws on is none of the run: what the run draws later is the same in a replay', async () => {
    const drawing = defineWorkflow('drawing', async (ctx) => {
      const first = Math.random();
      ctx.onQuery('chance', () => `${Math.random()} ${crypto.randomUUID()}`);
      await ctx.signal(go);
      return [first, Math.random(), await ctx.step(`draw ${Math.random()}`, () => 1)];
    });
    const { client } = await stage.boot([drawing]);
    const handle = await client.start(drawing, { workflowId: 'd' });
    const chances = new Set([await handle.query('chance'), await handle.query('chance')]);
    expect([...chances].every((chance) => typeof chance === 'string')).toBe(true);
    await handle.signal(go, '');
    // The step's name holds a drawn number, and the history is replayed without queries after this test.
    expect(await handle.result()).toHaveLength(3);
  });

  it('M5: workflows signal their children and any other execution; a missing target is a typed error', async () => {
    const receiver = defineWorkflow('receiver', async (ctx) => ctx.signal(go));
    const sender = defineWorkflow('sender', async (ctx) => {
      const child = await ctx.startChild(receiver);
      await child.signal(go, 'to a child');
      await ctx.signalWorkflow('other', go, 'to any ID');
      const misses: unknown[] = [];
      for (const id of ['nobody', 'closed']) {
        const miss = await ctx.signalWorkflow(id, 'go', 'x').catch((error: unknown) => error);
        misses.push(miss instanceof StepError && [miss.code, miss.attempts]);
      }
      return [await child.result(), misses];
    });
    const { client } = await stage.boot([receiver, sender]);
    const other = await client.start(receiver, { workflowId: 'other' });
    await client.signalWithStart(receiver, { workflowId: 'closed', input: undefined }, go, 'x');
    await client.handle(receiver, 'closed').result();
    const handle = await client.start(sender);
    expect(await handle.result()).toEqual([
      'to a child',
      [
        ['EXECUTION_NOT_FOUND', 1],
        ['EXECUTION_CLOSED', 1],
      ],
    ]);
    expect(await other.result()).toBe('to any ID');
  });

  it('M5: a signal to a target that has closed may be awaited later than it fails', async () => {
    const quick = defineWorkflow('quick', async () => undefined);
    const sender = defineWorkflow('sender', async (ctx) => {
      const child = await ctx.startChild(quick);
      await child.result();
      const sent = child.signal(go, 'too late');
      await ctx.sleep('20ms');
      return sent.catch((error: unknown) => error instanceof StepError && error.code);
    });
    const { client } = await stage.boot([quick, sender]);
    expect(await (await client.start(sender)).result()).toBe('EXECUTION_CLOSED');
  });

  it('M6: by default a return waits for handlers that still run', async () => {
    const patient = defineWorkflow('patient', async (ctx) => {
      const done: string[] = [];
      ctx.onSignal(go, async (word) => {
        await ctx.sleep('10ms');
        done.push(await ctx.step('say', () => word));
      });
      ctx.onUpdate('work', async () => {
        await ctx.sleep('20ms');
        return 'worked';
      });
      await ctx.signal(stop);
      return done;
    });
    const { client } = await stage.boot([patient]);
    const handle = await client.start(patient, { workflowId: 'p' });
    await handle.signal(go, 'word');
    const worked = handle.update('work');
    await untilRecorded('p', 'UpdateAccepted');
    await handle.signal(stop, '');
    expect(await handle.result()).toEqual(['word']);
    expect(await worked).toBe('worked');
    expect((await eventsOf(stage.store(), 'p')).at(-1)?.data).not.toHaveProperty('unfinishedHandlers');
  });

  it('M6: with `report` it closes at once, names what it cut off, and tells those who wait for an answer', async () => {
    const hasty = defineWorkflow('hasty', { unfinishedHandlers: 'report' }, async (ctx) => {
      ctx.onSignal(go, () => ctx.sleep('1 day'));
      ctx.onUpdate('work', () => ctx.sleep('1 day'));
      ctx.onUpdate('quick', () => 'done');
      await ctx.signal(stop);
      return 'closed';
    });
    const { client } = await stage.boot([hasty]);
    const handle = await client.start(hasty, { workflowId: 'h' });
    await handle.signal(go, 'word');
    expect(await handle.update('quick')).toBe('done');
    const cutOff = codeOf(handle.update('work'));
    await untilRecorded('h', 'UpdateAccepted');
    await until(
      () => countOf('h', 'UpdateAccepted'),
      (count) => count === 2,
    );
    await handle.signal(stop, '');
    expect(await handle.result()).toBe('closed');
    expect(await cutOff).toBe('EXECUTION_CLOSED');
    const closing = (await eventsOf(stage.store(), 'h')).at(-1);
    expect(closing?.type).toBe('WorkflowCompleted');
    expect(closing?.data).toMatchObject({ unfinishedHandlers: ['go', 'work'] });
  });

  it('M7: the default handler gets what has no handler and no wait of its own, kept signals first, in log order', async () => {
    const catchAll = defineWorkflow('catch-all', async (ctx) => {
      const got: [string, unknown][] = [];
      ctx.onSignal('own', (payload) => void got.push(['own', payload]));
      await ctx.signal(go);
      ctx.onSignal(defaultSignal, async (name, payload) => {
        await ctx.step(name, () => 'noted');
        got.push([name, payload]);
      });
      await ctx.signal(stop);
      return got;
    });
    const { client } = await stage.boot([catchAll]);
    const handle = await client.start(catchAll);
    for (const [n, name] of ['b', 'a', 'b', 'own'].entries()) await handle.signal(name, n);
    await handle.signal(go, '');
    for (const [n, name] of ['c', 'own', 'a'].entries()) await handle.signal(name, n + 4);
    await handle.signal(stop, '');
    const got = await handle.result();
    expect(got.filter(([name]) => name === 'own')).toEqual([
      ['own', 3],
      ['own', 5],
    ]);
    expect(got.filter(([name]) => name !== 'own').sort(([, m], [, n]) => Number(m) - Number(n))).toEqual([
      ['b', 0],
      ['a', 1],
      ['b', 2],
      ['c', 4],
      ['a', 6],
    ]);
    // Each handler begins with a step: they show in which order they were called.
    const steps = (await eventsOf(stage.store(), handle.workflowId)).filter(({ type }) => type === 'StepScheduled');
    expect(steps.map(({ data }) => data)).toMatchObject(['b', 'a', 'b', 'c', 'a'].map((name) => ({ name })));
  });

  it('M7: handlers of a function and of a class behave alike', async () => {
    const byFunction = defineWorkflow<{ start: number }, object>('by-function', async (ctx, { start }) => {
      let sum = start;
      const others: string[] = [];
      ctx.onSignal(defaultSignal, (name, payload) => void others.push(`${name} ${String(payload)}`));
      ctx.onSignal(add, (n) => void (sum += n));
      ctx.onQuery(total, () => sum);
      ctx.onUpdate(addAndGet, async (n) => (sum += await ctx.step('weigh', () => n)), {
        validate: (n) => {
          if (n <= 0) throw new RangeError(`${n} is too small`);
        },
      });
      await ctx.signal(stop);
      return { sum, others };
    });

    @Workflow('by-class')
    class ByClass {
      #ctx: WorkflowContext | undefined;
      #sum = 0;
      readonly #others: string[] = [];

      async run(ctx: WorkflowContext, { start }: { readonly start: number }): Promise<object> {
        this.#ctx = ctx;
        this.#sum += start;
        await ctx.signal(stop);
        return { sum: this.#sum, others: this.#others };
      }

      @Signal(defaultSignal)
      other(name: string, payload: unknown): void {
        this.#others.push(`${name} ${String(payload)}`);
      }

      @Signal(add)
      add(n: number): void {
        this.#sum += n;
      }

      @Query(total)
      total(): number {
        return this.#sum;
      }

      @Update(addAndGet, { validate: 'check' })
      async addAndGet(n: number): Promise<number> {
        return (this.#sum += (await this.#ctx?.step('weigh', () => n)) ?? Number.NaN);
      }

      check(n: number): void {
        if (n <= 0) throw new RangeError(`${n} is too small`);
      }
    }

    @Module({
      imports: [FermataModule.forRoot({ store: stage.store(), workflows: [byFunction] })],
      providers: [ByClass],
    })
    class App {}
    const app = await Test.createTestingModule({ imports: [App] }).compile();
    app.useLogger(false);
    await app.init();
    const node = app.get(FermataNode);

    const scenario = async (type: string): Promise<unknown> => {
      const handle = await node.client.start(type, { workflowId: type, input: { start: 1 } });
      await handle.signal('unheard of', 'a');
      await handle.signal(add, 2);
      const answers: unknown[] = [await handle.query(total), await handle.update(addAndGet, 3)];
      answers.push(
        await handle.update(addAndGet, -1).catch((error: unknown) => String(error)),
        await refusalOf(handle.update('none')),
        await refusalOf(handle.query('none')),
      );
      await handle.signal('unheard of', 'b');
      await handle.signal(stop, '');
      return [...answers, await handle.result(), await typesOf(type)];
    };
    try {
      const seen = await scenario('by-class');
      expect(seen).toEqual(await scenario('by-function'));
      expect(seen).toMatchObject({ 0: 3, 1: 6, 5: { sum: 6, others: ['unheard of a', 'unheard of b'] } });
    } finally {
      await app.close();
    }
    // The same on a node without NestJS, from the log; and both are replayed cold after this.
    const { client } = await stage.boot([...node.engine.workflows.values()]);
    expect(await client.handle('by-class').query(total)).toBe(6);
    expect(await client.handle('by-function').query(total)).toBe(6);
  });
});

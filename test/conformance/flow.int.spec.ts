import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import type { StoredEvent } from '@fermata/engine';
import {
  CancelledError,
  ChildError,
  defineSignal,
  defineWorkflow,
  StepError,
  TimeoutError,
  WorkflowFailedError,
  type WorkflowContext,
  type WorkflowHandle,
} from '@fermata/sdk';
import { describeConformance, eventsOf, until } from './harness.js';

const go = defineSignal<string>('go');

class Refused extends Error {
  override readonly name = 'Refused';
  readonly nonRetryable = true;
}

/** Rejects once it is aborted; notes how that is said. */
function untilAborted(signal: AbortSignal, aborted: string[]): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      aborted.push((signal.reason as Error).name);
      reject(signal.reason as Error);
    });
  });
}

describeConformance('flow', (stage) => {
  const typesOf = async (workflowId: string): Promise<readonly string[]> =>
    (await eventsOf(stage.store(), workflowId)).map(({ type }) => type);
  const countOf = async (workflowId: string, type: string): Promise<number> =>
    (await typesOf(workflowId)).filter((other) => other === type).length;
  const untilRecorded = (workflowId: string, type: string): Promise<readonly string[]> =>
    until(
      () => typesOf(workflowId),
      (types) => types.includes(type),
    );
  const failureOf = async (handle: WorkflowHandle<unknown>): Promise<WorkflowFailedError> => {
    const error = await handle.result().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof WorkflowFailedError)) throw new Error(`not failed, but ${String(error)}`);
    return error;
  };

  const child = defineWorkflow<{ word: string }, string>('child', async (ctx, { word }) => {
    if (word === 'wait') return ctx.signal(go);
    if (word === 'fail') throw new Refused('child');
    return word;
  });

  it('F1: all, race, any and allSettled combine steps, timers, signals and children', async () => {
    const combining = defineWorkflow('combining', async (ctx) => {
      const four = (): [Promise<string>, Promise<void>, Promise<string>, Promise<string>] => [
        ctx.step('step', () => 'step'),
        ctx.sleep('5ms'),
        ctx.signal(go),
        ctx.executeChild(child, { input: { word: 'child' } }),
      ];
      const all = await Promise.all(four());
      const any = await Promise.any([
        ctx.step('no', () => Promise.reject(new Refused('step'))),
        ctx.executeChild(child, { input: { word: 'fail' } }),
        ctx.signal('never', { timeout: '1ms' }),
        ctx.sleep('10ms').then(() => 'timer'),
      ]);
      const settled = await Promise.allSettled([
        ctx.step('yes', () => 1),
        ctx.step('no', () => Promise.reject(new Refused('step'))),
        ctx.signal('never', { timeout: '1ms' }),
        ctx.executeChild(child, { input: { word: 'fail' } }),
        ctx.sleep(0),
      ]);
      const none = await Promise.any([
        ctx.step('no', () => Promise.reject(new Refused('step'))),
        ctx.signal('never', { timeout: 0 }),
      ]).catch((error: unknown) => error);
      const race = await Promise.race(four().reverse());
      return {
        all,
        any,
        settled: settled.map((each) =>
          each.status === 'fulfilled'
            ? (each.value ?? null)
            : each.reason instanceof StepError || each.reason instanceof ChildError
              ? `${each.reason.name}: ${each.reason.type}`
              : each.reason instanceof TimeoutError && 'time-out',
        ),
        none: none instanceof AggregateError && none.errors.length,
        race,
      };
    });
    const { client } = await stage.boot([combining, child]);
    const handle = await client.start(combining);
    await handle.signal(go, 'signal');
    // Kept until the race asks for it, so that it is the only one that is there at once.
    await handle.signal(go, 'early');
    expect(await handle.result()).toEqual({
      all: ['step', undefined, 'signal', 'child'],
      any: 'timer',
      settled: [1, 'StepError: Refused', 'time-out', 'ChildError: Refused', null],
      none: 2,
      race: 'early',
    });
  });

  it.each(['step', 'timer', 'signal', 'child'] as const)(
    'F1: the losers of a race that a %s wins are cancelled when it is in a scope',
    async (winner) => {
      const aborted: string[] = [];
      const racing = defineWorkflow('racing', async (ctx) => {
        const won = await ctx.scope((inner) =>
          Promise.race([
            inner
              .step('step', ({ signal }) => (winner === 'step' ? 'x' : untilAborted(signal, aborted)))
              .then(() => 'step'),
            inner.sleep(winner === 'timer' ? '5ms' : '1 day').then(() => 'timer'),
            inner.signal(winner === 'signal' ? 'go' : 'never').then(() => 'signal'),
            inner
              .executeChild(child, { workflowId: 'c', input: { word: winner === 'child' ? 'x' : 'wait' } })
              .then(() => 'child'),
          ]),
        );
        // The others must be over when this one is.
        await ctx.signal('end');
        return won;
      });
      const { client } = await stage.boot([racing, child]);
      const handle = await client.start(racing, { workflowId: 'r' });
      if (winner === 'signal') await handle.signal(go, '');
      await until(
        async () => (await handle.describe()).waits.map(({ kind, name }) => `${kind} ${name}`),
        (waits) => waits.join() === 'signal end',
      );
      const losers = {
        step: 'StepCancelled',
        timer: 'TimerCancelled',
        signal: 'WaitEnded',
        child: 'ChildCancelRequested',
      };
      for (const [loser, type] of Object.entries(losers)) {
        expect([loser, await countOf('r', type)]).toEqual([loser, loser === winner ? 0 : 1]);
      }
      expect(aborted).toEqual(winner === 'step' ? [] : ['CancelledError']);
      if (winner !== 'child') expect((await client.describe('c')).status).toBe('cancelled');
      await handle.signal('end');
      expect(await handle.result()).toBe(winner);
    },
  );

  it('F1: without a scope the losers go on, and their outcome can be had later', async () => {
    const racing = defineWorkflow('racing', async (ctx) => {
      const slow = ctx.signal(go);
      const won = await Promise.race([slow, ctx.step('quick', () => 'quick')]);
      return [won, await slow];
    });
    const { client } = await stage.boot([racing]);
    const handle = await client.start(racing, { workflowId: 'r' });
    await untilRecorded('r', 'StepSucceeded');
    await handle.signal(go, 'slow');
    expect(await handle.result()).toEqual(['quick', 'slow']);
  });

  it('F2: leaving a scope, by return or by throw, cancels what it started, and nothing else', async () => {
    const scoping = defineWorkflow('scoping', async (ctx) => {
      const outside = ctx.signal(go);
      const ends: string[] = [];
      const note = (name: string) => (error: unknown) => void ends.push(`${name} ${(error as Error).name}`);
      await ctx.scope(async (inner) => {
        inner.signal('never').catch(note('signal'));
        inner.sleep('1 day').catch(note('timer'));
        inner.scope((nested) => nested.condition(() => false)).catch(note('nested'));
      });
      const thrown = await ctx
        .scope(async (inner) => {
          inner.sleep('1 day').catch(note('second'));
          throw new Refused('left');
        })
        .catch((error: unknown) => error);
      await ctx.step('settle', () => 1);
      return { ends: ends.sort(), thrown: thrown instanceof Refused, outside: await outside };
    });
    const { client } = await stage.boot([scoping]);
    const handle = await client.start(scoping, { workflowId: 's' });
    await untilRecorded('s', 'StepSucceeded');
    await handle.signal(go, 'untouched');
    expect(await handle.result()).toEqual({
      ends: ['nested CancelledError', 'second CancelledError', 'signal CancelledError', 'timer CancelledError'],
      thrown: true,
      outside: 'untouched',
    });
  });

  it('F2: a scope whose time is up rejects what waits in it with TimeoutError; one that ends in time is not touched', async () => {
    const limited = defineWorkflow('limited', async (ctx) => {
      const late = await ctx
        .scope(
          async (inner) => {
            try {
              return await inner.signal(go);
            } finally {
              // It is cancelled from inside, too: nothing new begins in it.
              await inner.step('more', () => 1).catch(() => undefined);
            }
          },
          { timeout: '10ms' },
        )
        .catch((error: unknown) => (error instanceof TimeoutError ? 'late' : 'other'));
      const inTime = await ctx.scope((inner) => inner.step('quick', () => 'in time'), { timeout: '1 day' });
      const nested = await ctx
        .scope((outer) => outer.scope((inner) => inner.sleep('1 day'), { timeout: '1 day' }), { timeout: '10ms' })
        .catch((error: unknown) => (error instanceof TimeoutError ? 'outer' : 'other'));
      return [late, inTime, nested];
    });
    const { client } = await stage.boot([limited]);
    const handle = await client.start(limited, { workflowId: 'l' });
    expect(await handle.result()).toEqual(['late', 'in time', 'outer']);
    expect(await countOf('l', 'StepScheduled')).toBe(1);
    const started = await countOf('l', 'TimerStarted');
    expect((await countOf('l', 'TimerFired')) + (await countOf('l', 'TimerCancelled'))).toBe(started);
  });

  it('F2: cancellation of the run reaches a scope, unless it is not cancellable', async () => {
    const shielding = defineWorkflow('shielding', async (ctx) => {
      const reached = ctx.scope((inner) => inner.signal(go)).catch((error: unknown) => error);
      const shielded = ctx.scope(
        async (inner) => {
          const word = await inner.signal(go);
          return [word, await inner.step('more', () => inner.isCancelled), inner.isCancelled];
        },
        { cancellable: false },
      );
      const [error, rest] = await Promise.all([reached, shielded]);
      return [error instanceof CancelledError, ctx.isCancelled, rest];
    });
    const { client } = await stage.boot([shielding]);
    const handle = await client.start(shielding, { workflowId: 's' });
    await untilRecorded('s', 'SignalAwaited');
    await handle.cancel();
    await handle.signal(go, 'shielded');
    expect(await handle.result()).toEqual([true, true, ['shielded', false, false]]);
  });

  const saga = (name: string, undone: string[], end: (ctx: WorkflowContext) => Promise<unknown>) =>
    defineWorkflow(name, async (ctx) => {
      for (const step of ['flight', 'hotel', 'car', 'insurance']) {
        await ctx.step(step, () => `${step} booked`, {
          compensate: (booked, { attempt, name: ownName, idempotencyKey }) => {
            if (step === 'hotel') throw new Refused('hotel is closed');
            // Each is tried again until it works.
            if (step === 'car' && attempt === 1) throw Object.assign(new Error('try again'), { retryAfter: 1 });
            undone.push(`${ownName}: ${booked}, attempt ${attempt}, ${idempotencyKey.split(':')[1]}`);
          },
        });
      }
      await end(ctx);
    });

  it.each(['failed', 'cancelled', 'timed-out'] as const)(
    'F3: a run that is %s undoes what it did, newest first, and says what was and was not undone',
    async (ending) => {
      const undone: string[] = [];
      const trip = saga('trip', undone, async (ctx) => {
        if (ending === 'failed') throw Object.assign(new Refused('no seat'), { code: 'NO_SEAT', details: { row: 7 } });
        await ctx.signal(go);
      });
      const { client } = await stage.boot([trip]);
      const handle = await client.start(trip, {
        workflowId: 't',
        ...(ending === 'timed-out' && { runTimeout: '60ms' }),
      });
      if (ending === 'cancelled') {
        await untilRecorded('t', 'SignalAwaited');
        await handle.cancel('changed my mind');
      }
      const error = await failureOf(handle);
      expect(error.status).toBe(ending);
      expect(error.type).toBe({ failed: 'Refused', cancelled: 'CancelledError', 'timed-out': 'TimeoutError' }[ending]);
      if (ending === 'failed') expect(error).toMatchObject({ message: 'no seat', code: 'NO_SEAT' });
      if (ending === 'cancelled') expect(error.message).toContain('changed my mind');
      expect(error.details).toEqual({
        ...(ending === 'failed' && { row: 7 }),
        compensated: ['insurance', 'car', 'flight'],
        notCompensated: [{ step: 'hotel', type: 'Refused', message: 'hotel is closed' }],
      });
      expect(undone).toEqual([
        'compensate insurance: insurance booked, attempt 1, 4',
        'compensate car: car booked, attempt 2, 5',
        'compensate flight: flight booked, attempt 1, 7',
      ]);
      // Each is recorded as a step of its own, after what it undoes.
      const events = (await eventsOf(stage.store(), 't')).filter(({ type }) => type === 'StepScheduled');
      expect(events.slice(4).map(({ data }) => data)).toMatchObject([
        { name: 'compensate insurance', compensates: 3 },
        { name: 'compensate car', compensates: 2 },
        { name: 'compensate hotel', compensates: 1 },
        { name: 'compensate flight', compensates: 0 },
      ]);
      expect(await countOf('t', 'StepAttemptFailed')).toBe(1);
    },
  );

  it('F3: compensations go on after a restart, and none is done again', async () => {
    const undone: string[] = [];
    let isHeld = true;
    const trip = defineWorkflow('trip', async (ctx) => {
      for (const step of ['flight', 'hotel']) {
        await ctx.step(step, () => step, {
          compensate: async (booked, { signal }) => {
            if (booked === 'flight' && isHeld) await untilAborted(signal, []);
            undone.push(booked);
          },
        });
      }
      throw new Refused('no car');
    });
    const first = await stage.boot([trip], { limits: { stopGraceMs: 1 } });
    await first.client.start(trip, { workflowId: 't' });
    await until(
      () => countOf('t', 'StepSucceeded'),
      (count) => count === 3,
    );
    await stage.shutDown();
    isHeld = false;
    const { client } = await stage.boot([trip]);
    const error = await failureOf(client.handle(trip, 't'));
    expect(error).toMatchObject({ message: 'no car', details: { compensated: ['hotel', 'flight'] } });
    expect(undone).toEqual(['hotel', 'flight']);
  });

  it('F3: what a run has caught is not undone, and a run that ends well undoes nothing', async () => {
    const undone: string[] = [];
    const trip = saga('trip', undone, async (ctx) => {
      await ctx.step('extra', () => Promise.reject(new Refused('extra'))).catch(() => undefined);
    });
    const { client } = await stage.boot([trip]);
    await (await client.start(trip)).result();
    expect(undone).toEqual([]);
  });

  it('F4: map works through 10,000 items, so many at a time, with ordered results', async () => {
    const itemsCount = 10_000;
    const concurrency = 100;
    let running = 0;
    let runningMax = 0;
    const mapping = defineWorkflow('mapping', async (ctx) => {
      const items = Array.from({ length: itemsCount }, (_, n) => n);
      const results = await ctx.map(
        items,
        (inner, item) =>
          inner.step('double', async () => {
            runningMax = Math.max(runningMax, ++running);
            await new Promise((resolve) => setImmediate(resolve));
            running--;
            return item * 2;
          }),
        { concurrency },
      );
      return { length: results.length, isOrdered: results.every((result, index) => result === index * 2) };
    });
    const { client } = await stage.boot([mapping]);
    const handle = await client.start(mapping, { workflowId: 'm' });
    expect(await handle.result()).toEqual({ length: itemsCount, isOrdered: true });
    expect(runningMax).toBeGreaterThan(1);
    expect(runningMax).toBeLessThanOrEqual(concurrency);
    const history = await eventsOf(stage.store(), 'm');
    // Two events an item and nothing else: the history is no longer than the steps' own.
    expect(history).toHaveLength(2 + 2 * itemsCount);
    expect(pendingMax(history)).toBeLessThanOrEqual(concurrency);
  }, 15_000);

  it('F4: it tolerates so many failures, and with one more it fails and cancels what is under way', async () => {
    const begun: number[] = [];
    const mapping = defineWorkflow<{ tolerate: number }, readonly (number | undefined)[]>(
      'mapping',
      async (ctx, { tolerate }) =>
        ctx.map(
          [0, 1, 2, 3, 4, 5],
          async (inner, item, index) => {
            if (item % 3 === 1) throw new Refused(`item ${item}`);
            // The last ones never end by themselves.
            if (item > 1 && tolerate === 0) await inner.signal('never');
            return inner.step('work', () => {
              begun.push(index);
              return item * 10;
            });
          },
          { concurrency: 3, tolerate },
        ),
    );
    const { client } = await stage.boot([mapping]);
    const tolerant = await client.start(mapping, { input: { tolerate: 2 } });
    expect(await tolerant.result()).toEqual([0, undefined, 20, 30, undefined, 50]);
    expect(begun.sort()).toEqual([0, 2, 3, 5]);
    const strict = await client.start(mapping, { workflowId: 's', input: { tolerate: 0 } });
    expect(await failureOf(strict)).toMatchObject({ type: 'Refused', message: 'item 1' });
    expect((await strict.describe()).waits).toEqual([]);
    const narrow = await client.start(mapping, { input: { tolerate: 1 } });
    expect(await failureOf(narrow)).toMatchObject({ message: 'item 4' });
  });

  it('F5: loops, recursion, closures, generators, class instances and finally behave as in plain code', async () => {
    /** Plain code over anything that adds one, and the same in a workflow. */
    const program = async (next: (n: number) => Promise<number>, nap: () => Promise<void>): Promise<unknown> => {
      const trail: unknown[] = [];
      for (let n = 0; n < 3; n++) trail.push(await next(n));
      for (let n = 10; n < 20;) if ((n = await next(n)) === 13) break;
      outer: for (const a of [1, 2]) {
        for (const b of [1, 2]) {
          if (b === 2) continue outer;
          trail.push([a, await next(b)]);
        }
      }
      const fibonacci = async (n: number): Promise<number> =>
        n < 2 ? next(n - 1) : (await fibonacci(n - 1)) + (await fibonacci(n - 2));
      trail.push(await fibonacci(6));
      const counters = [1, 2, 3].map((factor) => {
        let count = 0;
        return async (): Promise<number> => (count = factor * (await next(count)));
      });
      for (const counter of counters) trail.push(await counter(), await counter());
      function* naturals(): Generator<number, string, number> {
        const from = yield 1;
        yield from * 2;
        return 'end';
      }
      const generator = naturals();
      trail.push(generator.next().value, generator.next(await next(20)).value, generator.next(0).value);
      async function* ticking(): AsyncGenerator<number> {
        try {
          for (let n = 0; ; n++) {
            await nap();
            yield next(n);
          }
        } finally {
          trail.push('generator left');
        }
      }
      for await (const n of ticking()) {
        trail.push(n);
        if (n === 3) break;
      }
      class Account {
        static count = 0;
        #balance = 0;
        constructor(private readonly owner: string) {}
        get balance(): string {
          return `${this.owner} has ${this.#balance}`;
        }
        async deposit(n: number): Promise<this> {
          this.#balance += await next(n);
          return this;
        }
      }
      const account = await (await new Account('Ada').deposit(4)).deposit(5);
      trail.push(account.balance);
      const nested = async (): Promise<string> => {
        try {
          try {
            await nap();
            throw new Error('inner');
          } finally {
            trail.push(await next(100));
          }
        } catch (error) {
          trail.push((error as Error).message);
          return 'caught';
        } finally {
          await nap();
          trail.push('finally');
        }
      };
      trail.push(await nested());
      const order: number[] = [];
      await Promise.all([3, 1, 2].map(async (n) => order.push(await next(n))));
      trail.push([...order].sort());
      return trail;
    };
    const plain = await program(
      (n) => Promise.resolve(n + 1),
      () => Promise.resolve(),
    );
    const durable = defineWorkflow('durable', async (ctx) =>
      program(
        (n) => ctx.step('next', () => n + 1),
        () => ctx.sleep(1),
      ),
    );
    const { client } = await stage.boot([durable]);
    expect(await (await client.start(durable)).result()).toEqual(plain);
  });

  it('F6: clean-up in finally may run steps, wait and start children once it is out of reach of cancellation', async () => {
    const cleaning = defineWorkflow('cleaning', async (ctx) => {
      try {
        await ctx.signal(go);
      } finally {
        const refused = await ctx.step('too late', () => 1).catch((error: unknown) => error);
        await ctx.uncancellable(async (inner) => {
          await inner.step('clean up', () => refused instanceof CancelledError && !inner.isCancelled);
          await inner.sleep('5ms');
          await inner.executeChild(child, { workflowId: 'c', input: { word: 'clean' } });
          await inner.signalWorkflow('other', go, 'cleaned');
        });
      }
    });
    const { client } = await stage.boot([cleaning, child]);
    const other = await client.start(child, { workflowId: 'other', input: { word: 'wait' } });
    const handle = await client.start(cleaning, { workflowId: 'f' });
    await untilRecorded('f', 'SignalAwaited');
    await handle.cancel();
    // Asked again while it cleans up: of no effect.
    await handle.cancel();
    expect((await failureOf(handle)).status).toBe('cancelled');
    expect(await other.result()).toBe('cleaned');
    const steps = (await eventsOf(stage.store(), 'f')).filter(({ type }) => type.startsWith('Step'));
    expect(steps.map(({ type }) => type)).toEqual(['StepScheduled', 'StepSucceeded', 'StepScheduled', 'StepSucceeded']);
    expect(steps[1]?.data).toMatchObject({ result: true });
    expect((await client.describe('c')).status).toBe('completed');
  });
});

it('F2: a branch that nobody awaits ends with its scope or its run, and does not stop it', async () => {
  const script = fileURLToPath(new URL('./processes/left-branches.main.ts', import.meta.url));
  const args = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual(['completed', 'timed-out', 'cancelled']);
});

/** The most steps that were scheduled and not yet over, at any place of the history. */
function pendingMax(history: readonly StoredEvent[]): number {
  let pending = 0;
  let most = 0;
  for (const { type } of history) {
    if (type === 'StepScheduled') most = Math.max(most, ++pending);
    if (type === 'StepSucceeded') pending--;
  }
  return most;
}

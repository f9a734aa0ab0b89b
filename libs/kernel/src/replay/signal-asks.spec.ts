import { describe, expect, it } from '@jest/globals';
import { aSignalReceived } from '../../../testing/src/builders/event-builders.contract.js';
import { defineSignal } from '../workflow/message-definitions.js';
import { Rehearsal, withoutStacks, type WorkflowBody } from './rehearsal.contract.js';

const nothing = (): undefined => undefined;
const approval = defineSignal<{ by: string }>('approval');

const outline = (run: Rehearsal): string[] => run.decisions.map(({ type }) => type);

async function expectSameCold(run: Rehearsal): Promise<void> {
  const { run: cold, leftover } = await run.replayCold();
  expect(cold.fault).toBeUndefined();
  expect(leftover).toEqual([]);
  expect(withoutStacks(await run.decideCold())).toEqual(withoutStacks(run.decisions));
}

describe('ctx.signal', () => {
  it('takes a signal that comes during the wait', async () => {
    const run = await Rehearsal.begin((ctx) => ctx.signal(approval));
    expect(run.decisions).toEqual([{ type: 'SignalAwaited', version: 1, waitId: 0, name: 'approval' }]);
    await run.signal('approval', { by: 'ada' });
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted', result: { by: 'ada' } });
    await expectSameCold(run);
  });

  it('takes a signal that came before the wait, which then needs no record', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await ctx.step('first', nothing);
      return ctx.signal(approval);
    });
    await run.signal('approval', { by: 'ada' });
    await run.succeed('first');
    expect(outline(run)).toEqual(['StepScheduled', 'WorkflowCompleted']);
    expect(run.ending).toMatchObject({ result: { by: 'ada' } });
    await expectSameCold(run);
  });

  it('keeps what comes after the wait for the next one', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const first = await ctx.signal('go');
      await ctx.step('between', nothing);
      return [first, await ctx.signal('go')];
    });
    await run.signal('go', 1);
    await run.signal('go', 2);
    await run.succeed('between');
    expect(run.ending).toMatchObject({ result: [1, 2] });
    await expectSameCold(run);
  });

  it('serves several waits for one name in the order in which they began', async () => {
    const run = await Rehearsal.begin((ctx) => Promise.all([ctx.signal('go'), ctx.signal('go'), ctx.signal('other')]));
    await run.signal('other', 'o');
    await run.signal('go', 'first');
    await run.signal('go', 'second');
    expect(run.ending).toMatchObject({ result: ['first', 'second', 'o'] });
    await expectSameCold(run);
  });

  it('takes payloads that are null or nothing', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await ctx.step('first', nothing);
      return [await ctx.signal('go'), await ctx.signal('go')];
    });
    await run.signal('go', null);
    await run.signal('go');
    await run.succeed('first');
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted', result: [null, { $undefined: true }] });
    await expectSameCold(run);
  });

  const withTimeout: WorkflowBody = async (ctx) => {
    try {
      return await ctx.signal('go', { timeout: '2 days' });
    } catch (error) {
      return error instanceof Error ? `${error.name} ${'code' in error ? String(error.code) : ''}` : 'no error';
    }
  };

  it('cancels the time-out when the signal comes in time', async () => {
    const run = await Rehearsal.begin(withTimeout);
    expect(run.decisions).toMatchObject([
      { type: 'SignalAwaited', waitId: 0 },
      { type: 'TimerStarted', timerId: 0, waitId: 0, dueAt: 1_700_000_000_000 + 2 * 86_400_000 },
    ]);
    await run.signal('go', 'in time');
    expect(outline(run).slice(2)).toEqual(['TimerCancelled', 'WorkflowCompleted']);
    expect(run.ending).toMatchObject({ result: 'in time' });
    expect(run.pending.timers.size).toBe(0);
    await expectSameCold(run);
  });

  it('throws TimeoutError when the time is up', async () => {
    const run = await Rehearsal.begin(withTimeout);
    await run.fire(0);
    expect(outline(run).slice(2)).toEqual(['WorkflowCompleted']);
    expect(run.ending).toMatchObject({ result: 'TimeoutError WAIT_TIMED_OUT' });
    await expectSameCold(run);
  });

  it('settles by the order of the log when both happen at once', async () => {
    const signalFirst = await Rehearsal.begin(withTimeout);
    await signalFirst.tellTogether(
      { type: 'SignalReceived', version: 1, name: 'go', payload: 'in time' },
      { type: 'TimerFired', version: 1, timerId: 0 },
    );
    expect(signalFirst.ending).toMatchObject({ result: 'in time' });
    await expectSameCold(signalFirst);

    const timerFirst = await Rehearsal.begin(withTimeout);
    await timerFirst.tellTogether(
      { type: 'TimerFired', version: 1, timerId: 0 },
      { type: 'SignalReceived', version: 1, name: 'go', payload: 'too late' },
    );
    expect(timerFirst.ending).toMatchObject({ result: 'TimeoutError WAIT_TIMED_OUT' });
    await expectSameCold(timerFirst);
  });

  it('leaves a signal that came after the time-out to the next wait', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const first = await ctx.signal('go', { timeout: 5 }).catch(() => 'timed out');
      await ctx.step('between', nothing);
      return [first, await ctx.signal('go')];
    });
    await run.fire(0);
    await run.signal('go', 'late');
    await run.succeed('between');
    expect(run.ending).toMatchObject({ result: ['timed out', 'late'] });
    await expectSameCold(run);
  });

  it('refuses a name or a time-out that can not be recorded, and asks for nothing', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const problems: unknown[] = [];
      for (const ask of [() => ctx.signal(''), () => ctx.signal('go', { timeout: -1 })]) {
        try {
          await ask();
        } catch (error) {
          problems.push(error instanceof Error && 'code' in error ? error.code : error);
        }
      }
      return problems;
    });
    expect(run.decisions).toMatchObject([{ result: ['VALIDATION_FAILED', 'VALIDATION_FAILED'] }]);
  });

  it('makes the run stuck when a payload can not be decoded, whether anybody waits for it or not', async () => {
    const fromTheFuture = aSignalReceived({ name: 'go', payload: { $temporal: '2030-01-01' } });
    for (const body of [
      (ctx) => ctx.signal('go'),
      (ctx) => ctx.step('other', nothing),
      async (ctx) => {
        ctx.onSignal('go', nothing);
        await ctx.step('other', nothing);
      },
    ] satisfies WorkflowBody[]) {
      const run = await Rehearsal.begin(body);
      await run.tell(fromTheFuture);
      expect(run.run.fault?.code).toBe('PAYLOAD_NOT_RECORDABLE');
    }
  });
});

describe('ctx.onSignal', () => {
  it('gives kept signals to the handler first, then each as it comes', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const seen: unknown[] = [];
      await ctx.step('first', nothing);
      ctx.onSignal('add', (payload) => void seen.push(payload));
      seen.push('handler set');
      await ctx.signal('stop');
      return seen;
    });
    await run.signal('add', 1);
    await run.signal('add', 2);
    await run.succeed('first');
    await run.signal('add', 3);
    await run.signal('stop');
    expect(run.ending).toMatchObject({ result: [1, 2, 'handler set', 3] });
    await expectSameCold(run);
  });

  it('lets handlers wait and run steps, and closes only when they have ended', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const done: unknown[] = [];
      ctx.onSignal('work', async (payload) => {
        await ctx.sleep(10);
        done.push(await ctx.step<unknown>(`do ${String(payload)}`, nothing));
      });
      await ctx.signal('stop');
      return done;
    });
    await run.signal('work', 'a');
    await run.signal('work', 'b');
    await run.signal('stop');
    expect(run.run.isClosed).toBe(false);
    await run.fire(1);
    await run.succeed('do b', 'B');
    expect(run.run.isClosed).toBe(false);
    await run.signal('work', 'c');
    await run.fire(0);
    await run.succeed('do a', 'A');
    expect(run.run.isClosed).toBe(false);
    await run.fire(2);
    await run.succeed('do c', 'C');
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted' });
    await expectSameCold(run);
  });

  it('prefers an explicit wait to the handler', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const handled: unknown[] = [];
      ctx.onSignal('go', (payload) => void handled.push(payload));
      return [await ctx.signal('go'), await ctx.signal('stop'), handled];
    });
    await run.signal('go', 'for the wait');
    await run.signal('go', 'for the handler');
    await run.signal('stop', 'now');
    expect(run.ending).toMatchObject({ result: ['for the wait', 'now', ['for the handler']] });
    await expectSameCold(run);
  });

  it.each([
    [
      'at once',
      () => {
        throw new RangeError('bad signal');
      },
    ],
    ['later', () => Promise.reject(new RangeError('bad signal'))],
  ])('fails the run when a handler throws %s', async (_, handler: () => Promise<void>) => {
    const run = await Rehearsal.begin(async (ctx) => {
      ctx.onSignal('go', handler);
      await ctx.step('long', nothing);
    });
    await run.signal('go');
    expect(run.ending).toMatchObject({
      type: 'WorkflowFailed',
      failure: { type: 'RangeError', message: 'bad signal' },
    });
    expect(run.run.isClosed).toBe(true);
    await expectSameCold(run);
  });

  it('takes handlers and queries of a workflow class from before the first line of its code', async () => {
    const code = (): { run: WorkflowBody; seen: unknown[] } => {
      const seen: unknown[] = [];
      return { seen, run: async (ctx) => [await ctx.step<unknown>('first', nothing), seen] };
    };
    const run = await Rehearsal.beginWorkflow({
      type: 'rehearsed',
      create: () => {
        const { run: body, seen } = code();
        return {
          run: body,
          signals: new Map([['add', (payload: unknown) => void seen.push(payload)]]),
          queries: new Map([['seen', () => seen]]),
        };
      },
    });
    await run.signal('add', 1);
    expect(run.run.query('seen', undefined)).toEqual([1]);
    await run.succeed('first', 'x');
    expect(run.ending).toMatchObject({ result: ['x', [1]] });
    await expectSameCold(run);
  });
});

import { describe, expect, it } from '@jest/globals';
import { aStepSucceeded } from '../../../testing/src/builders/event-builders.contract.js';
import { isCause } from '../execution/events.js';
import type { WorkflowContext } from '../workflow/context.js';
import { bareHost } from './run-host.js';
import { endOfTurn, Rehearsal, withoutStacks, type WorkflowBody } from './rehearsal.contract.js';

const nothing = (): undefined => undefined;
const step = (ctx: WorkflowContext, name: string): Promise<unknown> => ctx.step(name, nothing);
const undoable = (ctx: WorkflowContext, name: string): Promise<unknown> =>
  ctx.step(name, nothing, { compensate: (result) => `undid ${String(result)}` });

const outline = (run: Rehearsal): string[] =>
  run.decisions.map((decision) => ('name' in decision ? `${decision.type} ${decision.name}` : decision.type));

async function expectSameCold(run: Rehearsal): Promise<void> {
  const { run: cold, leftover } = await run.replayCold();
  expect(cold.fault).toBeUndefined();
  expect(leftover).toEqual([]);
  expect(cold.isClosed).toBe(run.run.isClosed);
  expect(withoutStacks(await run.decideCold())).toEqual(withoutStacks(run.decisions));
}

describe('the end of a run', () => {
  it('fails with what the code threw', async () => {
    const run = await Rehearsal.begin(async () => {
      throw new RangeError('too much');
    });
    expect(run.ending).toMatchObject({ type: 'WorkflowFailed', failure: { type: 'RangeError', message: 'too much' } });
    await expectSameCold(run);
  });

  it('fails with the error of the step, by its own class', async () => {
    class OutOfStock extends Error {
      override readonly name = 'OutOfStock';
      readonly code = 'NO_STOCK';
    }
    const run = await Rehearsal.begin(async (ctx) => step(ctx, 'reserve'));
    await run.fail('reserve', new OutOfStock('none left'));
    expect(run.ending).toMatchObject({ failure: { type: 'OutOfStock', code: 'NO_STOCK', message: 'none left' } });
    await expectSameCold(run);
  });

  it('fails when the code throws before its first await, or can not be made', async () => {
    const fails = (): never => {
      throw new TypeError('at once');
    };
    expect((await Rehearsal.begin(fails)).ending).toMatchObject({ failure: { message: 'at once' } });
    const run = await Rehearsal.beginWorkflow({ type: 'rehearsed', create: fails });
    expect(run.ending).toMatchObject({ type: 'WorkflowFailed', failure: { message: 'at once' } });
  });

  it('fails when the result can not be recorded or is too large', async () => {
    const unrecordable = await Rehearsal.begin(async () => ({ callback: nothing }));
    expect(unrecordable.ending).toMatchObject({ type: 'WorkflowFailed', failure: { code: 'PAYLOAD_NOT_RECORDABLE' } });
    const large = await Rehearsal.begin(async () => 'x'.repeat(200), { host: { ...bareHost, payloadBytesMax: 100 } });
    expect(large.ending).toMatchObject({ type: 'WorkflowFailed', failure: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  it('validates the result against the output schema, and records what that makes of it', async () => {
    const output = {
      '~standard': {
        version: 1,
        vendor: 'spec',
        validate: (value: unknown) =>
          typeof value === 'number' ? { value: value * 2 } : { issues: [{ message: 'not a number', path: ['total'] }] },
      },
    } as const;
    const good = await Rehearsal.beginWorkflow({ type: 'rehearsed', output, create: () => ({ run: async () => 21 }) });
    expect(good.ending).toMatchObject({ type: 'WorkflowCompleted', result: 42 });
    const bad = await Rehearsal.beginWorkflow({ type: 'rehearsed', output, create: () => ({ run: async () => 'x' }) });
    expect(bad.ending).toMatchObject({
      type: 'WorkflowFailed',
      failure: { code: 'VALIDATION_FAILED', details: { problems: [{ path: 'total', message: 'not a number' }] } },
    });
  });

  it('is stuck, not failed, when its input or a result can not be decoded', async () => {
    const run = await Rehearsal.begin(async (ctx) => [await step(ctx, 'a'), await step(ctx, 'b')]);
    await run.succeed('a');
    const [started, ...rest] = run.history;
    if (started?.event.type !== 'WorkflowStarted') throw new Error('the history begins elsewhere');
    const { run: cold, leftover } = await run.replayCold({
      events: [{ ...started, event: { ...started.event, input: { $temporal: 1 } } }, ...rest],
    });
    expect(cold.fault?.code).toBe('PAYLOAD_NOT_RECORDABLE');
    expect(leftover).toEqual([]);

    await run.tell(aStepSucceeded({ stepId: 1, result: { $bigint: 'damaged' } }));
    expect(run.run.fault?.code).toBe('INVARIANT_VIOLATED');
    expect(run.run.isClosed).toBe(false);
  });
});

describe('cancellation', () => {
  it('rejects all that is waited for, undoes what was done, and closes as cancelled', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await undoable(ctx, 'reserve');
      await Promise.all([step(ctx, 'charge'), ctx.sleep('1 hour'), ctx.signal('go', { timeout: '1 day' })]);
    });
    await run.succeed('reserve', 'r-1');
    await run.cancel('the customer said so');
    expect(outline(run).slice(5)).toEqual([
      'StepCancelled',
      'TimerCancelled',
      'TimerCancelled',
      'WaitEnded',
      'StepScheduled compensate reserve',
    ]);
    await run.perform('compensate reserve');
    expect(run.history.at(-2)?.event).toMatchObject({ type: 'StepSucceeded', result: 'undid r-1' });
    expect(run.ending).toMatchObject({
      type: 'WorkflowCancelled',
      failure: {
        type: 'CancelledError',
        code: 'CANCELLED',
        message: 'The run was cancelled: the customer said so',
        details: { compensated: ['reserve'] },
      },
    });
    await expectSameCold(run);
  });

  it('ignores the outcome of a step that was given up', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await step(ctx, 'charge').catch(nothing);
      await ctx.uncancellable((shielded) => step(shielded, 'note'));
    });
    const late = run.succeeded('charge', 'too late');
    await run.tellTogether({ type: 'CancelRequested', version: 1 }, late);
    expect(run.run.askedStep(0)).toBeUndefined();
    await run.succeed('note');
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted' });
    await expectSameCold(run);
  });

  it('refuses whatever the code asks for afterwards', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const names: string[] = [];
      const catching = async (ask: () => Promise<unknown>): Promise<void> => {
        await ask().catch((error: unknown) => names.push(error instanceof Error ? error.name : 'other'));
      };
      await catching(() => step(ctx, 'first'));
      await catching(() => step(ctx, 'second'));
      await catching(() => ctx.sleep(5));
      await catching(() => ctx.signal('go'));
      return names;
    });
    await run.cancel();
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted', result: Array(4).fill('CancelledError') });
    expect(outline(run)).toEqual(['StepScheduled first', 'StepCancelled', 'WorkflowCompleted']);
    await expectSameCold(run);
  });

  it('leaves uncancellable clean-up in finally alone', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      try {
        await step(ctx, 'work');
      } finally {
        await ctx.uncancellable(async (shielded) => {
          await step(shielded, 'release');
          await shielded.sleep(5);
        });
      }
    });
    await run.cancel();
    await run.cancel();
    await run.succeed('release');
    expect(run.run.isClosed).toBe(false);
    await run.fire(0);
    expect(run.ending).toMatchObject({ type: 'WorkflowCancelled' });
    await expectSameCold(run);
  });

  it('reaches clean-up that is under way already no more than what comes later', async () => {
    const run = await Rehearsal.begin((ctx) => ctx.uncancellable((shielded) => step(shielded, 'commit')));
    await run.cancel();
    expect(run.run.askedStep(0)?.name).toBe('commit');
    await run.succeed('commit', 'done');
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted', result: 'done' });
    await expectSameCold(run);
  });

  it('is a failure when the code then fails otherwise', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await step(ctx, 'work').catch(() => {
        throw new RangeError('clean-up failed');
      });
    });
    await run.cancel();
    expect(run.ending).toMatchObject({ type: 'WorkflowFailed', failure: { type: 'RangeError' } });
    await expectSameCold(run);
  });

  it('may come together with the start', async () => {
    const run = await Rehearsal.begin((ctx) => step(ctx, 'work'));
    const [started] = run.history;
    if (!started) throw new Error('no start');
    const { leftover } = await run.replayCold({
      events: [started, { event: { type: 'CancelRequested', version: 1 }, timestamp: started.timestamp }],
    });
    expect(leftover.map(({ type }) => type)).toEqual(['StepScheduled', 'StepCancelled', 'WorkflowCancelled']);
  });

  it('leaves no rejection behind for what was started and is awaited later', async () => {
    const unhandled: unknown[] = [];
    const note = (thrown: unknown): void => void unhandled.push(thrown);
    process.on('unhandledRejection', note);
    try {
      const run = await Rehearsal.begin(async (ctx) => {
        const later = [ctx.sleep('1 day'), step(ctx, 'beside'), ctx.signal('go', { timeout: 5 })];
        await step(ctx, 'now');
        await Promise.all(later);
      });
      await run.cancel();
      expect(run.ending).toMatchObject({ type: 'WorkflowCancelled' });
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('the undoing of a failed run', () => {
  const trip: WorkflowBody = async (ctx) => {
    await undoable(ctx, 'flight');
    await undoable(ctx, 'hotel');
    await undoable(ctx, 'car');
    await step(ctx, 'pay');
  };

  async function failedTrip(): Promise<Rehearsal> {
    const run = await Rehearsal.begin(trip);
    for (const name of ['flight', 'hotel', 'car']) await run.succeed(name, `${name}-1`);
    await run.fail('pay', new Error('declined'));
    return run;
  }

  it('goes newest first, one after the other, each with the result of its step', async () => {
    const run = await failedTrip();
    for (const name of ['car', 'hotel', 'flight']) {
      expect([...run.pending.steps.values()].map((pending) => pending.name)).toEqual([`compensate ${name}`]);
      await run.perform(`compensate ${name}`);
      expect(run.history.at(-2)?.event).toMatchObject({ result: `undid ${name}-1` });
    }
    expect(run.ending).toMatchObject({
      type: 'WorkflowFailed',
      failure: { message: 'declined', details: { compensated: ['car', 'hotel', 'flight'] } },
    });
    expect(run.decisions).toContainEqual({
      type: 'StepScheduled',
      version: 1,
      stepId: 4,
      name: 'compensate car',
      compensates: 2,
    });
    await expectSameCold(run);
  });

  it('goes on when one of them fails, and says which', async () => {
    const run = await failedTrip();
    await run.succeed('compensate car');
    await run.fail('compensate hotel', new TypeError('hotel is closed'));
    await run.succeed('compensate flight');
    expect(run.ending).toMatchObject({
      failure: {
        message: 'declined',
        details: {
          compensated: ['car', 'flight'],
          notCompensated: [{ step: 'hotel', message: 'hotel is closed', type: 'TypeError' }],
        },
      },
    });
    await expectSameCold(run);
  });

  it('is not stopped by a cancellation', async () => {
    const run = await failedTrip();
    await run.cancel();
    for (const name of ['car', 'hotel', 'flight']) await run.succeed(`compensate ${name}`);
    expect(run.ending).toMatchObject({ type: 'WorkflowFailed', failure: { message: 'declined' } });
    await expectSameCold(run);
  });

  it('leaves out what failed or is not done yet', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      await undoable(ctx, 'failing').catch(nothing);
      await step(ctx, 'plain');
      throw new Error('enough');
    });
    await run.fail('failing', new Error('no'));
    await run.succeed('plain');
    expect(run.ending).toMatchObject({ type: 'WorkflowFailed', failure: { details: { compensated: [] } } });
    await expectSameCold(run);
  });

  it('happens once, whatever fails beside it', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      ctx.onSignal('go', () => Promise.reject(new Error('handler failed')));
      await undoable(ctx, 'flight');
      await step(ctx, 'pay');
    });
    await run.succeed('flight');
    await run.signal('go');
    await run.fail('pay', new Error('declined'));
    await run.signal('go');
    await run.succeed('compensate flight');
    expect(outline(run).filter((line) => line.includes('compensate'))).toHaveLength(1);
    expect(run.ending).toMatchObject({ type: 'WorkflowFailed', failure: { message: 'handler failed' } });
    await expectSameCold(run);
  });

  it('does not happen when the run completes', async () => {
    const run = await Rehearsal.begin((ctx) => undoable(ctx, 'flight'));
    await run.succeed('flight');
    expect(outline(run)).toEqual(['StepScheduled flight', 'WorkflowCompleted']);
  });
});

describe('timers that reach the run without a context', () => {
  it('start, fire and are cancelled as durable ones', async () => {
    const fired: string[] = [];
    let cancelSecond: (() => void) | undefined;
    const run = await Rehearsal.begin((ctx) => step(ctx, 'work'), {
      host: {
        ...bareHost,
        enter: (surrounding, call) => {
          void surrounding.startTimer(10.2).promise.then(() => fired.push('first'));
          const { timerId } = surrounding.startTimer(20);
          cancelSecond = () => timerId !== undefined && surrounding.cancelTimer(timerId);
          return call();
        },
      },
    });
    expect(run.decisions).toMatchObject([
      { type: 'TimerStarted', timerId: 0, dueAt: 1_700_000_000_011 },
      { type: 'TimerStarted', timerId: 1, dueAt: 1_700_000_000_020 },
      { type: 'StepScheduled' },
    ]);
    await run.fire(0);
    expect(fired).toEqual(['first']);
    cancelSecond?.();
    expect(run.run.fault?.code).toBe('FOREIGN_PROMISE');
  });
});

describe('the context', () => {
  it('says where the run is', async () => {
    const run = await Rehearsal.begin(async ({ namespace, workflowId, runId, workflowType }) => [
      namespace,
      workflowId,
      runId,
      workflowType,
    ]);
    expect(run.ending).toMatchObject({
      result: ['default', 'order-1', '01890a5d-ac96-774b-bcce-b302099a8057', 'rehearsed'],
    });
  });

  it('refuses step names, durations and retry options that can not be, and asks for nothing', async () => {
    const asks: ((ctx: WorkflowContext) => Promise<unknown>)[] = [
      (ctx) => step(ctx, ''),
      (ctx) => step(ctx, 'two\nlines'),
      (ctx) => ctx.step('a', nothing, { timeout: -1 }),
      (ctx) => ctx.step('a', nothing, { retry: { maxAttempts: 0 } }),
      (ctx) => ctx.sleep(NaN),
    ];
    for (const ask of asks) {
      const run = await Rehearsal.begin(ask);
      expect(run.decisions).toMatchObject([{ type: 'WorkflowFailed', failure: { code: 'VALIDATION_FAILED' } }]);
    }
  });

  it('wakes a sleeper of no time at all only by its timer', async () => {
    const run = await Rehearsal.begin((ctx) => ctx.sleep(0));
    expect(run.run.isClosed).toBe(false);
    await run.fire(0);
    expect(run.ending).toMatchObject({ type: 'WorkflowCompleted' });
  });

  it('applies nothing after a fault', async () => {
    const run = await Rehearsal.begin((ctx) => step(ctx, 'work'));
    const cause = run.history.map(({ event }) => event).find(isCause);
    run.run.match({ type: 'StepScheduled', version: 1, stepId: 9, name: 'never asked for' });
    const { fault } = run.run;
    expect(fault?.code).toBe('NONDETERMINISM');
    if (cause) run.run.beginTurn(cause, 0, { isLive: true });
    await endOfTurn();
    run.run.endTurn();
    expect(run.run.fault).toBe(fault);
    expect(run.run.takeDecisions()).toEqual([]);
  });
});

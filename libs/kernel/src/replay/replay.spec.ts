import { describe, expect, it } from '@jest/globals';
import { aStepAttemptFailed } from '../../../testing/src/builders/event-builders.contract.js';
import { isCause, isDecision } from '../execution/events.js';
import type { WorkflowContext } from '../workflow/context.js';
import { Rehearsal, withoutStacks, type WorkflowBody } from './rehearsal.contract.js';

const nothing = (): undefined => undefined;
const step = (ctx: WorkflowContext, name: string): Promise<unknown> => ctx.step(name, nothing);

const inTurn: WorkflowBody = async (ctx) => [await step(ctx, 'a'), await step(ctx, 'b'), await step(ctx, 'c')];

/** What the history says, one word an event. */
const outline = ({ history }: Rehearsal): string[] => history.map(({ event }) => event.type);

async function expectSameCold(rehearsal: Rehearsal): Promise<void> {
  const { run, leftover } = await rehearsal.replayCold();
  expect(run.fault).toBeUndefined();
  expect(leftover).toEqual([]);
  expect(run.isClosed).toBe(rehearsal.run.isClosed);
  expect(withoutStacks(await rehearsal.decideCold())).toEqual(withoutStacks(rehearsal.decisions));
}

describe('replay', () => {
  it('brings back a run of sequential steps', async () => {
    const run = await Rehearsal.begin(inTurn);
    for (const name of ['a', 'b', 'c']) await run.succeed(name, name.toUpperCase());
    expect(outline(run)).toEqual([
      'WorkflowStarted',
      'StepScheduled',
      'StepSucceeded',
      'StepScheduled',
      'StepSucceeded',
      'StepScheduled',
      'StepSucceeded',
      'WorkflowCompleted',
    ]);
    expect(run.ending).toMatchObject({ result: ['A', 'B', 'C'] });
    await expectSameCold(run);
  });

  it('brings back a run at every place of its history, with what it is still to do', async () => {
    const run = await Rehearsal.begin(inTurn);
    await run.succeed('a');
    const { run: cold } = await run.replayCold();
    expect(cold.isClosed).toBe(false);
    expect(cold.askedStep(0)).toBeUndefined();
    expect(cold.askedStep(1)?.name).toBe('b');
  });

  it('gives the input back as it was, and fresh each time', async () => {
    const input = { due: new Date(5), tags: new Set(['x']) };
    const seen: unknown[] = [];
    const run = await Rehearsal.begin(
      async (_ctx, value) => {
        seen.push(value);
      },
      { input },
    );
    await expectSameCold(run);
    expect(seen[0]).toEqual(input);
    expect(seen[1]).toEqual(input);
    expect(seen[1]).not.toBe(seen[0]);
  });

  const combinations: [string, WorkflowBody, unknown][] = [
    ['all', (ctx) => Promise.all([step(ctx, 'a'), step(ctx, 'b')]), ['A', 'B']],
    ['race', (ctx) => Promise.race([step(ctx, 'a'), step(ctx, 'b')]), 'B'],
    ['any', (ctx) => Promise.any([step(ctx, 'a'), step(ctx, 'b')]), 'B'],
    [
      'allSettled',
      async (ctx) => (await Promise.allSettled([step(ctx, 'a'), step(ctx, 'b')])).map(({ status }) => status),
      ['fulfilled', 'fulfilled'],
    ],
  ];

  it.each(combinations)(
    'brings back parallel steps under Promise.%s, in the order of the log',
    async (_, body, result) => {
      const run = await Rehearsal.begin(body);
      expect(run.decisions.map(({ type }) => type)).toEqual(['StepScheduled', 'StepScheduled']);
      await run.succeed('b', 'B');
      if (!run.run.isClosed) await run.succeed('a', 'A');
      expect(run.ending).toMatchObject({ type: 'WorkflowCompleted', result });
      await expectSameCold(run);
    },
  );

  it('brings back steps that failed, under each combination', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const settled = await Promise.allSettled([step(ctx, 'a'), step(ctx, 'b')]);
      const first = await Promise.any([step(ctx, 'c'), step(ctx, 'd')]);
      const all = await Promise.all([step(ctx, 'e'), step(ctx, 'f')]).catch((error: unknown) => String(error));
      return [settled.map(({ status }) => status), first, all];
    });
    await run.fail('b', new Error('no b'));
    await run.succeed('a');
    await run.fail('d', new Error('no d'));
    await run.succeed('c', 'C');
    await run.fail('f', new Error('no f'));
    expect(run.ending).toMatchObject({ result: [['fulfilled', 'rejected'], 'C', 'StepError: no f'] });
    await expectSameCold(run);
  });

  it('gives the same time, random numbers and UUIDs as the live run', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const seen: unknown[] = [ctx.now(), ctx.random(), ctx.uuid()];
      await step(ctx, 'a');
      await ctx.sleep('1 hour');
      return [...seen, ctx.now(), ctx.random(), ctx.uuid()];
    });
    await run.succeed('a');
    await run.fire(0);
    await expectSameCold(run);
  });

  it('never lets time go back, whatever clocks the events were stamped by', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const before = ctx.now().getTime();
      await step(ctx, 'a');
      return ctx.now().getTime() - before;
    });
    await run.succeed('a');
    const skewed = run.history.map(({ event, timestamp }) => ({
      event,
      timestamp: event.type === 'StepSucceeded' ? timestamp - 60_000 : timestamp,
    }));
    const { leftover } = await run.replayCold({ events: skewed.filter(({ event }) => isCause(event)) });
    expect(leftover.at(-1)).toMatchObject({ type: 'WorkflowCompleted', result: 0 });
  });

  it('hides retries from the code', async () => {
    const run = await Rehearsal.begin(inTurn);
    run.note(aStepAttemptFailed({ stepId: 0, attempt: 1 }));
    run.note(aStepAttemptFailed({ stepId: 0, attempt: 2 }));
    await run.succeed('a', 'third time');
    expect(run.history.at(-2)?.event).toMatchObject({ type: 'StepSucceeded', attempt: 3 });
    expect(run.ending).toMatchObject({ type: 'StepScheduled', name: 'b' });
    await expectSameCold(run);
  });

  it('produces again what the log lost when it ended early', async () => {
    const run = await Rehearsal.begin((ctx) => Promise.all(['a', 'b', 'c'].map((name) => step(ctx, name))));
    for (let kept = 1; kept <= run.history.length; kept++) {
      const { run: cold, leftover } = await run.replayCold({ events: run.history.slice(0, kept) });
      expect(cold.fault).toBeUndefined();
      expect(leftover).toEqual(run.decisions.slice(kept - 1));
    }
  });

  it('finds decisions behind causes that came in between', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const both = [step(ctx, 'a'), step(ctx, 'b')] as const;
      await Promise.race(both);
      await step(ctx, 'c');
      await Promise.all(both);
      return step(ctx, 'd');
    });
    await run.tellTogether(run.succeeded('b'), run.succeeded('a'));
    expect(outline(run).slice(-3)).toEqual(['StepSucceeded', 'StepSucceeded', 'StepScheduled']);
    await run.succeed('c');
    await run.succeed('d');
    await expectSameCold(run);
  });

  it('ignores what dangling branches ask for after the close', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const dangle = async (): Promise<void> => {
        await step(ctx, 'slow');
        await step(ctx, 'after the close');
      };
      void dangle();
      await step(ctx, 'quick');
    });
    await run.succeed('quick');
    expect(run.run.isClosed).toBe(true);
    const closing = run.history.length;
    await run.tell({ type: 'StepSucceeded', version: 1, stepId: 0, attempt: 1, result: null, durationMs: 1 });
    expect(run.history).toHaveLength(closing + 1);
    await expectSameCold(run);
  });

  it('ignores what they ask for later in the turn of the close itself', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      const only = step(ctx, 'only');
      void only.then(async () => {
        for (let tick = 0; tick < 50; tick++) await Promise.resolve();
        await step(ctx, 'after the close');
      });
      await only;
    });
    await run.succeed('only');
    expect(run.ending?.type).toBe('WorkflowCompleted');
    await expectSameCold(run);
  });

  it('ignores a second outcome of the same step', async () => {
    const run = await Rehearsal.begin(async (ctx) => [await step(ctx, 'a'), await step(ctx, 'b')]);
    const outcome = run.succeeded('a', 'first');
    await run.tell(outcome);
    expect(await run.tell({ ...outcome, result: 'second' } as typeof outcome)).toEqual([]);
    await run.succeed('b');
    expect(run.ending).toMatchObject({ result: ['first', { $undefined: true }] });
    await expectSameCold(run);
  });

  it('stops at the first fault and leaves the rest alone', async () => {
    const run = await Rehearsal.begin(inTurn);
    await run.succeed('a');
    await run.succeed('b');
    const { run: cold } = await run.replayCold({ body: (ctx) => step(ctx, 'renamed') });
    expect(cold.fault?.details).toMatchObject({ eventIndex: 1 });
  });

  it('checks every decision of the log, so that none can be added to it', async () => {
    const run = await Rehearsal.begin(inTurn);
    const decided = run.history.filter(({ event }) => isDecision(event));
    const { run: cold } = await run.replayCold({ events: [...run.history, ...decided] });
    expect(cold.fault?.code).toBe('NONDETERMINISM');
  });
});

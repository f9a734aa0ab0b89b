import { Script } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import {
  aSignalAwaited,
  aStepCancelled,
  aStepScheduled,
  aTimerCancelled,
  aTimerStarted,
  aWorkflowCancelled,
  aWorkflowCompleted,
  aWorkflowFailed,
} from '../../../testing/src/builders/event-builders.contract.js';
import { errorCodes } from '../errors/error-code.js';
import type { Decision } from '../execution/events.js';
import type { WorkflowContext } from '../workflow/context.js';
import { bareHost } from './run-host.js';
import { Rehearsal, type WorkflowBody } from './rehearsal.contract.js';
import { describeDecision, isSameDecision } from './same-decision.js';

const step = (ctx: WorkflowContext, name: string): Promise<unknown> => ctx.step(name, () => undefined);

const former: WorkflowBody = async (ctx) => {
  await step(ctx, 'reserve');
  await step(ctx, 'charge');
  await ctx.sleep('1 minute');
  await ctx.signal('approval', { timeout: '1 hour' });
};

/** A history of the former code, as far as the wait for the approval. */
async function recorded(): Promise<Rehearsal> {
  const run = await Rehearsal.begin(former);
  await run.succeed('reserve');
  await run.succeed('charge');
  await run.fire(0);
  return run;
}

async function faultOf(body: WorkflowBody): Promise<{ code: string | undefined; details: unknown }> {
  const run = await recorded();
  const { run: cold } = await run.replayCold({ body });
  return { code: cold.fault?.code, details: cold.fault?.details };
}

const changes: [string, WorkflowBody, { eventIndex: number; recorded: string; asked: string }][] = [
  [
    'a step was renamed',
    async (ctx) => {
      await step(ctx, 'reserve');
      await step(ctx, 'bill');
    },
    { eventIndex: 3, recorded: 'step 1 "charge"', asked: 'step 1 "bill"' },
  ],
  [
    'a step was added in front',
    async (ctx) => {
      await step(ctx, 'score');
      await former(ctx, undefined);
    },
    { eventIndex: 1, recorded: 'step 0 "reserve"', asked: 'step 0 "score"' },
  ],
  [
    'a step was added beside another',
    async (ctx) => {
      await Promise.all([step(ctx, 'reserve'), step(ctx, 'score')]);
    },
    { eventIndex: 3, recorded: 'step 1 "charge"', asked: 'step 1 "score"' },
  ],
  [
    'a step was removed',
    async (ctx) => {
      await step(ctx, 'reserve');
      await ctx.sleep('1 minute');
    },
    { eventIndex: 3, recorded: 'step 1 "charge"', asked: 'timer 0' },
  ],
  [
    'steps changed places',
    async (ctx) => {
      await step(ctx, 'charge');
      await step(ctx, 'reserve');
    },
    { eventIndex: 1, recorded: 'step 0 "reserve"', asked: 'step 0 "charge"' },
  ],
  [
    'a step became a timer',
    async (ctx) => {
      await ctx.sleep(5);
    },
    { eventIndex: 1, recorded: 'step 0 "reserve"', asked: 'timer 0' },
  ],
  [
    'a timer became a step',
    async (ctx) => {
      await step(ctx, 'reserve');
      await step(ctx, 'charge');
      await step(ctx, 'wait');
    },
    { eventIndex: 5, recorded: 'timer 0', asked: 'step 2 "wait"' },
  ],
  [
    'another signal is awaited',
    async (ctx) => {
      await step(ctx, 'reserve');
      await step(ctx, 'charge');
      await ctx.sleep('1 minute');
      await ctx.signal('refusal');
    },
    { eventIndex: 7, recorded: 'wait 0 for signal "approval"', asked: 'wait 0 for signal "refusal"' },
  ],
  [
    'a time-out was removed',
    async (ctx) => {
      await step(ctx, 'reserve');
      await step(ctx, 'charge');
      await ctx.sleep('1 minute');
      await ctx.signal('approval');
    },
    { eventIndex: 8, recorded: 'timer 1', asked: 'nothing more' },
  ],
  [
    'the workflow ends earlier',
    async (ctx) => {
      await step(ctx, 'reserve');
    },
    { eventIndex: 3, recorded: 'step 1 "charge"', asked: 'completion of the workflow' },
  ],
  [
    'the workflow fails earlier',
    async (ctx) => {
      await step(ctx, 'reserve');
      throw new TypeError('no such order');
    },
    {
      eventIndex: 3,
      recorded: 'step 1 "charge"',
      asked: 'failure of the workflow (TypeError: no such order)',
    },
  ],
];

describe('a run whose code has changed', () => {
  it('goes on under the code that wrote its history', async () => {
    expect(await faultOf(former)).toEqual({ code: undefined, details: undefined });
  });

  it.each(changes)('stops when %s, with both sides', async (_, body, details) => {
    expect(await faultOf(body)).toEqual({
      code: 'NONDETERMINISM',
      details: { ...details, docs: 'docs/errors/NONDETERMINISM.md' },
    });
  });

  it('stops when a step was added at the end of a closed run', async () => {
    const run = await Rehearsal.begin(async (ctx) => step(ctx, 'only'));
    await run.succeed('only');
    const { run: cold } = await run.replayCold({
      body: async (ctx) => {
        await step(ctx, 'only');
        await step(ctx, 'one more');
      },
    });
    expect(cold.fault?.details).toMatchObject({ recorded: 'completion of the workflow', asked: 'step 1 "one more"' });
  });

  it('goes on when only lengths, options, functions and results changed', async () => {
    const later: WorkflowBody = async (ctx) => {
      await ctx.step('reserve', () => 'otherwise', { timeout: '1s', retry: { maxAttempts: 2 } });
      await step(ctx, 'charge');
      await ctx.sleep('2 days');
      await ctx.signal('approval', { timeout: '3 days' });
      return 'otherwise';
    };
    expect(await faultOf(later)).toEqual({ code: undefined, details: undefined });
  });

  it('counts events that the code never sees, so that the place is right', async () => {
    const run = await Rehearsal.begin(former);
    run.note({
      type: 'StepAttemptFailed',
      version: 1,
      stepId: 0,
      attempt: 1,
      failure: { type: 'Error', message: 'busy' },
      durationMs: 1,
      nextAttemptAt: 0,
    });
    await run.succeed('reserve');
    const { run: cold } = await run.replayCold({ body: (ctx) => step(ctx, 'reserve') });
    expect(cold.fault?.details).toMatchObject({ eventIndex: 4 });
    expect(run.history[4]?.event).toMatchObject({ type: 'StepScheduled', name: 'charge' });
  });

  it('says where in the code, when asked to', async () => {
    const run = await recorded();
    // Compiled under a name of its own: frames in the kernel's folder are never the user's.
    const body = new Script('(ctx) => ctx.step("bill", () => undefined)', {
      filename: '/app/src/bill.workflow.js',
    }).runInThisContext() as WorkflowBody;
    const { run: quick } = await run.replayCold({ body });
    expect(quick.fault?.details).not.toHaveProperty('site');
    const { run: slow } = await run.replayCold({ body, host: { ...bareHost, captureSites: true } });
    expect(slow.fault?.details?.['site']).toContain('/app/src/bill.workflow.js:1:');
    expect(slow.fault?.message).toContain('/app/src/bill.workflow.js:1:');
  });
});

const oneOfEach: Decision[] = [
  aStepScheduled(),
  aStepCancelled(),
  aTimerStarted(),
  aTimerCancelled(),
  aSignalAwaited(),
  aWorkflowCompleted(),
  aWorkflowFailed(),
  aWorkflowCancelled(),
];

describe('isSameDecision', () => {
  it.each(oneOfEach.map((decision) => [decision.type, decision] as const))(
    '%s is the same as itself only',
    (_, one) => {
      for (const other of oneOfEach) expect(isSameDecision(one, other)).toBe(one === other);
    },
  );

  it.each([
    [aStepScheduled(), aStepScheduled({ stepId: 1 })],
    [aStepScheduled(), aStepScheduled({ name: 'other' })],
    [aStepCancelled(), aStepCancelled({ stepId: 1 })],
    [aTimerStarted(), aTimerStarted({ timerId: 1 })],
    [aTimerCancelled(), aTimerCancelled({ timerId: 1 })],
    [aSignalAwaited(), aSignalAwaited({ waitId: 1 })],
    [aSignalAwaited(), aSignalAwaited({ name: 'other' })],
  ])('%o differs from %o', (recordedOne, asked) => {
    expect(isSameDecision(recordedOne, asked)).toBe(false);
  });

  it('describes each kind in words of its own', () => {
    expect(new Set(oneOfEach.map(describeDecision)).size).toBe(oneOfEach.length);
  });
});

describe('codes', () => {
  it('are all different', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});

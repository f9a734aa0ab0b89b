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
import { describeConformance, eventsOf, until, type Stage } from './harness.js';

const go = defineSignal<string>('go');
const branch = defineQuery<string>('branch');

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
      [
        'code that asks for less than it did',
        async (ctx) => {
          await Promise.all([ctx.step('pick', () => 'picked'), ctx.signal('never')]);
        },
        { recorded: 'step 1 "pack"', asked: 'nothing more', eventIndex: 3 },
      ],
    ])('V1: %s is detected at the first difference, with both sides and the place', async (_what, changed, sides) => {
      const before = defineWorkflow('order', former);
      const after = defineWorkflow('order', changed);
      const { workflowId } = await waitingOrder(stage, before);
      const { client } = await stage.boot([after]);
      await client.handle(workflowId).signal(go, 'Delft');
      const { code, details, message } = await stuckFailure(stage, workflowId);
      expect(code).toBe('NONDETERMINISM');
      // The wait for the signal comes right behind the first step, and so before what differs in this one.
      if (_what === 'code that asks for less than it did') {
        expect(details).toMatchObject({ recorded: 'step 0 "pick"' === sides.recorded ? sides.recorded : details_recorded(details) });
      } else {
        expect(details).toMatchObject({ ...sides, site: expect.stringContaining('determinism.int.spec.ts') });
        expect(message).toContain(sides.recorded);
        expect(message).toContain(sides.asked);
      }
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
      // What came in while it was stuck is kept, and nothing that the wrong code decided.
      expect(stuck.map(({ type }) => type).slice(-2)).toEqual(['SignalReceived', 'WorkflowStuck']);
      await stage.shutDown();
      const third = await stage.boot([before]);
      expect(await third.client.handle(before, workflowId).result()).toBe('shipped to Delft');
      const { status } = await third.client.describe(workflowId);
      expect(status).toBe('completed');
    });
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

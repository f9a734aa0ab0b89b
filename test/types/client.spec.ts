import { describe, expect, it } from '@jest/globals';
import {
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  type FermataClient,
  type RetryOptions,
  type WorkflowContext,
  type WorkflowHandle,
} from '@fermata/sdk';
import { createTestFermata } from '@fermata/testing';
import { expectTypeOf } from 'expect-type';
import { z } from 'zod';

const Order = z.object({ orderId: z.string(), totalCents: z.number() });
type Order = z.infer<typeof Order>;
const Receipt = z.object({ paymentId: z.string() });
type Receipt = z.infer<typeof Receipt>;

const approval = defineSignal('approval', { schema: z.object({ approved: z.boolean() }) });
const stop = defineSignal<undefined>('stop');
const progress = defineQuery<{ readonly percent: number }>('progress');
const lineOf = defineQuery<string, { readonly line: number }>('line');
const changeAddress = defineUpdate<{ readonly changed: boolean }, { readonly street: string }>('change address');
const refresh = defineUpdate<number>('refresh');

const checkout = defineWorkflow('checkout', { input: Order, output: Receipt }, async (ctx, order) => {
  expectTypeOf(order).toEqualTypeOf<Order>();
  const paymentId = await ctx.step('charge', () => `paid ${order.totalCents}`);
  expectTypeOf(paymentId).toEqualTypeOf<string>();
  return { paymentId };
});
const housekeeping = defineWorkflow('housekeeping', async () => undefined);

/** Never called: the compiler reads it, with the rest of the tests, in `npm run typecheck`. */
async function clients(client: FermataClient): Promise<void> {
  const run = await client.start(checkout, { input: { orderId: 'o-1', totalCents: 500 } });
  expectTypeOf(run).toExtend<WorkflowHandle<Receipt>>();
  expectTypeOf(run.result()).resolves.toEqualTypeOf<Receipt>();
  expectTypeOf(run.runId).toEqualTypeOf<string>();
  expectTypeOf(client.handle(checkout, 'o-1').result()).resolves.toEqualTypeOf<Receipt>();
  expectTypeOf(client.handle('o-1').result()).resolves.toBeUnknown();

  await client.start(housekeeping);
  await client.start(housekeeping, { workflowId: 'nightly' });
  // @ts-expect-error -- a wrong type in the input
  await client.start(checkout, { input: { orderId: 7, totalCents: 500 } });
  // @ts-expect-error -- a part of the input is missing
  await client.start(checkout, { input: { orderId: 'o-1' } });
  // @ts-expect-error -- the input is missing
  await client.start(checkout, { workflowId: 'o-1' });
  // @ts-expect-error -- the options are missing
  await client.start(checkout);
  // @ts-expect-error -- the workflow takes no input
  await client.start(housekeeping, { input: 1 });
  // @ts-expect-error -- no such unit
  await client.start(housekeeping, { startDelay: '3 fortnights' });
}

async function messages(run: WorkflowHandle<Receipt>): Promise<void> {
  await run.signal(approval, { approved: true });
  await run.signal(stop, undefined);
  // @ts-expect-error -- a wrong payload
  await run.signal(approval, { approved: 'yes' });
  // @ts-expect-error -- the payload is missing
  await run.signal(approval);

  expectTypeOf(run.query(progress)).resolves.toEqualTypeOf<{ readonly percent: number }>();
  expectTypeOf(run.query(lineOf, { line: 1 })).resolves.toEqualTypeOf<string>();
  expectTypeOf(run.query('progress')).resolves.toBeUnknown();
  // @ts-expect-error -- wrong arguments
  await run.query(lineOf, { line: 'one' });

  expectTypeOf(run.update(changeAddress, { street: 'Main' })).resolves.toEqualTypeOf<{ readonly changed: boolean }>();
  expectTypeOf(run.update(refresh)).resolves.toEqualTypeOf<number>();
  // @ts-expect-error -- wrong arguments
  await run.update(changeAddress, { street: 1 });
  // @ts-expect-error -- the arguments are missing
  await run.update(changeAddress);
}

async function starts(client: FermataClient): Promise<void> {
  const options = { workflowId: 'o-1', input: { orderId: 'o-1', totalCents: 500 } };
  const run = await client.signalWithStart(checkout, options, approval, { approved: true });
  expectTypeOf(run.result()).resolves.toEqualTypeOf<Receipt>();
  const answer = client.updateWithStart(checkout, options, changeAddress, { street: 'Main' });
  expectTypeOf(answer).resolves.toEqualTypeOf<{ readonly changed: boolean }>();
  // @ts-expect-error -- the payload isn't the signal's
  await client.signalWithStart(checkout, options, approval, { approved: 1 });
  // @ts-expect-error -- the input isn't the workflow's
  await client.signalWithStart(checkout, { workflowId: 'o-1', input: {} }, approval, { approved: true });
}

async function workflows(ctx: WorkflowContext): Promise<void> {
  expectTypeOf(ctx.signal(approval)).resolves.toEqualTypeOf<{ approved: boolean }>();
  expectTypeOf(ctx.step('count', () => 1)).resolves.toEqualTypeOf<number>();
  expectTypeOf(ctx.step('count', async () => [1])).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(
    ctx.executeChild(checkout, { input: { orderId: 'o', totalCents: 1 } }),
  ).resolves.toEqualTypeOf<Receipt>();
  expectTypeOf(ctx.condition(() => true)).resolves.toEqualTypeOf<boolean>();
  expectTypeOf(ctx.map([1, 2], async (_ctx, item) => String(item))).resolves.toEqualTypeOf<string[]>();
  expectTypeOf<RetryOptions['maxAttempts']>().toEqualTypeOf<number | undefined>();
  ctx.onSignal(approval, (payload) => void expectTypeOf(payload).toEqualTypeOf<{ approved: boolean }>());
  ctx.onUpdate(changeAddress, ({ street }) => ({ changed: street !== '' }));
  ctx.onQuery(lineOf, ({ line }) => `line ${line}`);
  await ctx.step('charge', () => ({ paymentId: 'p' }), { compensate: ({ paymentId }) => paymentId.length });
  // @ts-expect-error -- what is undone is what the step gave
  await ctx.step('charge', () => ({ paymentId: 'p' }), { compensate: ({ reference }) => reference as unknown });
  // @ts-expect-error -- the handler's answer isn't the update's
  ctx.onUpdate(changeAddress, () => ({ changed: 'yes' }));
  // @ts-expect-error -- the handler's answer isn't the query's
  ctx.onQuery(progress, () => ({ percent: 'half' }));
  // @ts-expect-error -- the child's input is another
  await ctx.executeChild(checkout, { input: { orderId: 'o' } });
}

// @ts-expect-error -- the function gives what the output isn't
defineWorkflow('wrong', { input: Order, output: Receipt }, async () => ({ paymentId: 1 }));

describe('Types', () => {
  it('are those of the definitions, from end to end', async () => {
    await using fermata = await createTestFermata({ workflows: [checkout] });
    const run = await fermata.client.start(checkout, { input: { orderId: 'o-1', totalCents: 500 } });
    const { paymentId } = await run.result();
    expect(paymentId).toBe('paid 500');
    expect([clients, messages, starts, workflows]).toHaveLength(4);
  });
});

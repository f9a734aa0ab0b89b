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

/** The code of a rejection, or `none`. */
async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'none',
    (error: { readonly code?: unknown }) => error.code,
  );
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
    const summing = defineWorkflow('summing', async (ctx) => {
      let sum = 0;
      ctx.onSignal(add, async (n) => {
        sum += await ctx.step('weigh', () => n);
      });
      await ctx.signal(stop);
      return { read: () => sum };
    });
    const closing = defineWorkflow('closing', async (ctx): Promise<number> => {
      let sum = 0;
      ctx.onSignal(add, async (n) => {
        await ctx.step('weigh', () => n);
        sum += n;
      });
      await ctx.signal(stop);
      // Handlers that still run are awaited after this.
      await ctx.condition(() => sum >= 0);
      return sum;
    });
    void summing;
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
});

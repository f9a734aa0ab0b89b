import { describe, expect, it } from '@jest/globals';
import { isFermataError } from '../errors/fermata-error.js';
import { defineQuery } from '../workflow/message-definitions.js';
import { bareHost, type RunHost } from './run-host.js';
import { Rehearsal, type WorkflowBody } from './rehearsal.contract.js';

const nothing = (): undefined => undefined;
const progress = defineQuery<number, { of: number }>('progress');

const counting: WorkflowBody = async (ctx) => {
  let done = 0;
  ctx.onQuery(progress, ({ of }) => done / of);
  ctx.onQuery('time', () => ctx.now());
  ctx.onQuery('async', () => Promise.resolve(done));
  ctx.onQuery('failing', () => {
    throw new RangeError('no answer');
  });
  ctx.onQuery('steps', () => ctx.step('from a query', nothing));
  ctx.onQuery('sleeps', () => ctx.sleep(5));
  ctx.onQuery('waits', () => ctx.signal('go'));
  ctx.onQuery('rolls', () => ctx.random());
  ctx.onQuery('names', () => ctx.uuid());
  await ctx.step('a', nothing);
  done++;
  await ctx.step('b', nothing);
  done++;
};

function refusal(ask: () => unknown): { code: string; message: string; details: unknown } {
  try {
    ask();
  } catch (error) {
    if (isFermataError(error)) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('it was answered');
}

describe('queries', () => {
  it('read live state, of the run and of its copy', async () => {
    const run = await Rehearsal.begin(counting);
    expect(run.run.query('progress', { of: 4 })).toBe(0);
    await run.succeed('a');
    expect(run.run.query('progress', { of: 4 })).toBe(0.25);
    expect(run.run.query('time', undefined)).toEqual({ $date: 1_700_000_001_000 });
    const { run: cold } = await run.replayCold();
    expect(cold.query('progress', { of: 4 })).toBe(0.25);
  });

  it('run as the code of their run, so that they see its time', async () => {
    let entered: number | undefined;
    const host: RunHost = {
      ...bareHost,
      enter: (run, call) => {
        entered = run.now;
        return call();
      },
    };
    const run = await Rehearsal.begin(counting, { host });
    await run.succeed('a');
    entered = undefined;
    run.run.query('time', undefined);
    expect(entered).toBe(1_700_000_001_000);
  });

  it('still answer when the run has closed', async () => {
    const run = await Rehearsal.begin(counting);
    await run.succeed('a');
    await run.succeed('b');
    expect(run.run.isClosed).toBe(true);
    expect(run.run.query('progress', { of: 2 })).toBe(1);
  });

  it('are refused with the names there are', async () => {
    const run = await Rehearsal.begin(async (ctx) => {
      ctx.onQuery('known', () => 1);
      await ctx.step('a', nothing);
    });
    expect(refusal(() => run.run.query('unknown', undefined))).toMatchObject({
      code: 'UNKNOWN_QUERY',
      details: { known: ['known'] },
    });
  });

  it('fail alone when their handler throws or gives what can not be recorded', async () => {
    const run = await Rehearsal.begin(counting);
    expect(refusal(() => run.run.query('failing', undefined))).toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('no answer'),
    });
    expect(refusal(() => run.run.query('async', undefined)).message).toContain('a promise');
    expect(run.run.fault).toBeUndefined();
  });

  it.each(['steps', 'sleeps', 'waits', 'rolls', 'names'])('may not act: %s', async (name) => {
    const run = await Rehearsal.begin(counting);
    expect(refusal(() => run.run.query(name, undefined))).toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('A query handler called ctx.'),
    });
    expect(run.run.takeDecisions()).toEqual([]);
    expect(run.run.fault).toBeUndefined();
    await run.succeed('a');
    expect(run.ending).toMatchObject({ name: 'b' });
    expect((await run.replayCold()).run.fault).toBeUndefined();
  });
});

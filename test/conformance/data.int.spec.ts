import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'class-transformer';
import { ArrayMinSize, IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { classSchema } from '@fermata/nestjs';
import {
  chainCodecs,
  ChildError,
  compression,
  createFermata,
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  encryption,
  isFermataError,
  StepError,
  type EncryptionKey,
  type Fermata,
  type Payload,
  type StandardSchema,
} from '@fermata/sdk';
import { replayHistory } from '@fermata/testing';
import { z } from 'zod';
import { describeConformance, eventsOf, until } from './harness.js';

class Line {
  @IsString()
  readonly sku!: string;

  @IsInt()
  @Min(1)
  readonly quantity!: number;

  get label(): string {
    return `${this.quantity} × ${this.sku}`;
  }
}

class Basket {
  @ValidateNested({ each: true })
  @Type(() => Line)
  @ArrayMinSize(1)
  readonly lines!: Line[];

  get label(): string {
    return this.lines.map((line) => line.label).join(', ');
  }
}

const raw = {
  lines: [
    { sku: 'pear', quantity: 2 },
    { sku: 'fig', quantity: 1 },
  ],
} as Basket;
const label = '2 × pear, 1 × fig';
const invalid = { lines: [{ sku: 7, quantity: 0 }] };
const problems = [
  { path: 'lines.0.sku', message: expect.stringContaining('string') },
  { path: 'lines.0.quantity', message: expect.stringContaining('1') },
];
const classes = { schemaOf: classSchema };

/** One of each type that JSON lacks, nested in each other. */
const values: Readonly<Record<string, unknown>> = {
  'JSON types': { text: 'a"\u0000\u{1F600}', yes: true, no: null, list: [1, -0.5, 1e300], deep: { a: { b: [[]] } } },
  numbers: [NaN, Infinity, -Infinity, -0],
  'a Date': new Date('2026-11-01T10:00:00.123Z'),
  'a bigint': 12345678901234567890n,
  'a Map': new Map<unknown, unknown>([
    ['a', new Date(0)],
    [{ key: 1 }, new Set([1n])],
  ]),
  'a Set': new Set(['a', new Map([[1, 2]])]),
  bytes: Uint8Array.from([0, 1, 254, 255]),
  undefined: [undefined, { kept: 1 }],
  'keys that look like tags': { $date: 5, $map: { $set: [] }, ['__proto__x']: 1 },
};

const ask = defineSignal<unknown>('ask');
const done = defineSignal('done');
const go = defineSignal<string>('go');
const change = defineUpdate<unknown, unknown>('change');
const seen = defineQuery<unknown, unknown>('seen');

describeConformance('data', (stage, { leavesStuck }) => {
  describe('D1: values', () => {
    it.each(Object.keys(values))('D1: %s: input, step, signal, update, query and result give it back', async (what) => {
      const value = values[what];
      const echo = defineWorkflow<unknown, unknown[]>('echo', { updates: [change] }, async (ctx, input) => {
        ctx.onUpdate(change, (args) => args);
        ctx.onQuery(seen, (args) => args);
        const fromStep = await ctx.step('give', () => value);
        const signalled = await ctx.signal(ask);
        await ctx.signal(done);
        return [input, fromStep, signalled];
      });
      const { client } = await stage.boot([echo]);
      const handle = await client.start(echo, { input: value });
      await handle.signal(ask, value);
      expect(await handle.update(change, value)).toStrictEqual(value);
      expect(await handle.query(seen, value)).toStrictEqual(value);
      await handle.signal(done, undefined);
      expect(await handle.result()).toStrictEqual([value, value, value]);
      await stage.shutDown();
      // After a restart they come from the log.
      const again = await stage.boot([echo]);
      expect(await again.client.handle(echo, handle.workflowId).result()).toStrictEqual([value, value, value]);
    });

    it('D1: an Error comes back with its name, message, cause and own properties', async () => {
      const error = Object.assign(new RangeError('too far', { cause: new Error('why') }), { limit: 3n });
      const echo = defineWorkflow<Error, { isError: boolean; given: Error }>('echo', async (ctx, input) => {
        const given = await ctx.step('give', () => input);
        return { isError: given instanceof Error && input instanceof Error, given };
      });
      const { client } = await stage.boot([echo]);
      const { isError, given } = await (await client.start(echo, { input: error })).result();
      expect(isError).toBe(true);
      expect(given).toMatchObject({ name: 'RangeError', message: 'too far', limit: 3n, stack: error.stack });
      expect(given.cause).toMatchObject({ name: 'Error', message: 'why' });
    });

    it('D1: an invalid Date stays one', async () => {
      const echo = defineWorkflow<Date, Date>('echo', (ctx, input) => ctx.step('give', () => input));
      const { client } = await stage.boot([echo]);
      const given = await (await client.start(echo, { input: new Date(NaN) })).result();
      expect(given).toBeInstanceOf(Date);
      expect(given.getTime()).toBeNaN();
    });

    it('D1: undefined as a whole is a value, and a property that is undefined is left out', async () => {
      const echo = defineWorkflow<unknown, unknown>('echo', async (ctx, input) => ({
        isUndefined: input === undefined,
        step: await ctx.step('give', () => ({ kept: 1, gone: undefined })),
        nothing: (await ctx.step<unknown>('nothing', () => undefined)) === undefined,
      }));
      const { client } = await stage.boot([echo]);
      const handle = await client.start(echo, { input: undefined });
      expect(await handle.result()).toStrictEqual({ isUndefined: true, step: { kept: 1 }, nothing: true });
    });

    it('D1: class instances by schema: input, signal, update and step give instances, now and after a restart', async () => {
      const add = defineSignal('add', { schema: Basket });
      const price = defineUpdate<string, Basket>('price', { schema: Basket });
      const shop = defineWorkflow<Basket, Basket>(
        'shop',
        { input: Basket, output: Basket, signals: [add], updates: [price] },
        async (ctx, basket) => {
          const labels = [basket.label];
          const isInstance = basket instanceof Basket && basket.lines[0] instanceof Line;
          ctx.onUpdate(price, (priced) => priced.label, {
            validate: (priced) => {
              if (!(priced instanceof Basket)) throw new Error('no basket');
            },
          });
          ctx.onQuery(seen, () => ({ labels, isInstance }));
          labels.push((await ctx.step('read', () => raw, { schema: Basket })).label);
          labels.push((await ctx.signal(add)).label);
          await ctx.signal(done);
          return basket;
        },
      );
      const { client } = await stage.boot([shop], classes);
      const handle = await client.start(shop, { input: raw });
      await handle.signal(add, raw);
      expect(await handle.update(price, raw)).toBe(label);
      const expected = { labels: [label, label, label], isInstance: true };
      expect(await handle.query(seen, undefined)).toEqual(expected);
      await stage.shutDown();
      const again = await stage.boot([shop], classes);
      const same = again.client.handle(shop, handle.workflowId);
      expect(await same.query(seen, undefined)).toEqual(expected);
      await same.signal(done, undefined);
      expect(await same.result()).toEqual(raw);
      // The harness has no reader of classes, and the code relies on instances.
      leavesStuck();
    });

    it('D1: handlers of signals with a class get instances too', async () => {
      const add = defineSignal('add', { schema: Basket });
      const shop = defineWorkflow<void, string[]>('shop', { signals: [add] }, async (ctx) => {
        const labels: string[] = [];
        ctx.onSignal(add, (basket) => void labels.push(basket instanceof Basket ? basket.label : 'no instance'));
        await ctx.condition(() => labels.length === 2);
        return labels;
      });
      const { client } = await stage.boot([shop], classes);
      const handle = await client.start(shop);
      await handle.signal(add, raw);
      await handle.signal(add, raw);
      expect(await handle.result()).toEqual([label, label]);
      leavesStuck();
    });

    const cycle: { self?: unknown } = {};
    cycle.self = [cycle];
    it.each<[string, unknown, string]>([
      ['a function', { a: [{ b: () => 1 }] }, '.a[0].b'],
      ['a symbol', { a: { b: Symbol('s') } }, '.a.b'],
      ['a promise', [1, Promise.resolve(1)], '[1]'],
      ['a cycle', cycle, '.self[0]'],
    ])('D1: %s is refused where it is handed over, with the path to it', async (_what, value, path) => {
      const echo = defineWorkflow<unknown, unknown>('echo', { updates: [change] }, async (ctx) => {
        ctx.onUpdate(change, () => value);
        ctx.onQuery(seen, () => value);
        const step = await ctx.step('give', () => value).catch((error: unknown) => error);
        const child = await ctx.startChild('other' as never, { input: value }).catch((error: unknown) => error);
        await ctx.signal(done);
        return [step, child].map((error) =>
          error instanceof StepError || isFermataError(error) ? error.details : error,
        );
      });
      const { client } = await stage.boot([echo]);
      const refused = (root: string): object => ({
        code: 'PAYLOAD_NOT_RECORDABLE',
        details: { path: `${root}${path}` },
      });
      await expect(client.start(echo, { input: value })).rejects.toMatchObject(refused('input'));
      const handle = await client.start(echo, { input: 1 });
      await expect(handle.signal(ask, value)).rejects.toMatchObject(refused('payload of signal "ask"'));
      await expect(handle.update(change, value)).rejects.toMatchObject(refused('arguments of update "change"'));
      await expect(handle.update(change, 1)).rejects.toMatchObject(refused('update result'));
      await expect(handle.query(seen, value)).rejects.toMatchObject(refused('query arguments'));
      await handle.signal(done, undefined);
      expect(await handle.result()).toEqual([{ path: `result of step "give"${path}` }, { path: `input${path}` }]);
    });

    it('D1: a workflow result that cannot be recorded fails the run, with the path to it', async () => {
      const bad = defineWorkflow<void, unknown>('bad', () => Promise.resolve({ a: [() => 1] }));
      const { client } = await stage.boot([bad]);
      await expect((await client.start(bad)).result()).rejects.toMatchObject({
        failure: { code: 'PAYLOAD_NOT_RECORDABLE', details: { path: 'workflow result.a[0]' } },
      });
    });
  });

  describe('D2: payload limits', () => {
    const limits = { payloadBytesMax: 1_000 };
    const large = 'x'.repeat(2_000);
    const tooLarge = { code: 'PAYLOAD_TOO_LARGE', details: { bytes: 2_002, bytesMax: 1_000 } };

    it('D2: what is too large is refused where it is handed over, before the append, with size and limit', async () => {
      const child = defineWorkflow<unknown, unknown>('child', (_ctx, input) => Promise.resolve(input));
      const echo = defineWorkflow<unknown, unknown>('echo', { updates: [change] }, async (ctx) => {
        ctx.onUpdate(change, () => large);
        const step = await ctx.step('give', () => large).catch((error: unknown) => error);
        const started = await ctx.executeChild(child, { input: large }).catch((error: unknown) => error);
        await ctx.signal(done);
        const errors = [step, started];
        return errors.map((error) =>
          error instanceof StepError || error instanceof ChildError || isFermataError(error)
            ? { code: error.code, details: error.details }
            : String(error),
        );
      });
      const { client } = await stage.boot([echo, child], { limits });
      await expect(client.start(echo, { input: large })).rejects.toMatchObject(tooLarge);
      await expect(client.start(echo, { input: 1, memo: large })).rejects.toMatchObject(tooLarge);
      const handle = await client.start(echo, { input: 1, workflowId: 'echo' });
      await expect(handle.signal(ask, large)).rejects.toMatchObject(tooLarge);
      await expect(handle.update(change, large)).rejects.toMatchObject(tooLarge);
      await expect(handle.update(change, 1)).rejects.toMatchObject(tooLarge);
      await handle.signal(done, undefined);
      expect(await handle.result()).toEqual([tooLarge, tooLarge]);
      expect(JSON.stringify(await eventsOf(stage.store(), 'echo'))).not.toContain(large);
      // The harness replays without limits.
      leavesStuck();
    });

    it('D2: a result that is too large fails the run, and so does the input of the next run', async () => {
      const result = defineWorkflow<void, string>('result', () => Promise.resolve(large));
      const next = defineWorkflow<string, void>('next', (ctx) => ctx.continueAsNew(large));
      const { client } = await stage.boot([result, next], { limits });
      await expect((await client.start(result)).result()).rejects.toMatchObject({ failure: tooLarge });
      await expect((await client.start(next, { input: '' })).result()).rejects.toMatchObject({ failure: tooLarge });
      // The harness replays without limits.
      leavesStuck();
    });

    it('D2: what just fits is taken, counted in bytes of UTF-8', async () => {
      const echo = defineWorkflow<string, string>('echo', (_ctx, input) => Promise.resolve(input));
      const { client } = await stage.boot([echo], { limits });
      const fits = 'é'.repeat(499);
      expect(await (await client.start(echo, { input: fits })).result()).toBe(fits);
      await expect(client.start(echo, { input: `${fits}x` })).rejects.toMatchObject({
        code: 'PAYLOAD_TOO_LARGE',
        details: { bytes: 1_001, bytesMax: 1_000 },
      });
    });
  });

  describe('D3: validation', () => {
    const basket = z.object({ lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })) });
    const schemas: [string, StandardSchema<unknown, Basket>][] = [
      ['zod', basket as unknown as StandardSchema<unknown, Basket>],
      ['class-validator', classSchema(Basket)],
    ];

    it.each(schemas)('D3: by %s, with every problem listed', async (_what, schema) => {
      const add = defineSignal('add', { schema });
      const price = defineUpdate<number, Basket>('price', { schema });
      const shop = defineWorkflow<Basket, unknown>(
        'shop',
        { input: schema, signals: [add] },
        async (ctx, { lines }) => {
          ctx.onUpdate(price, (priced) => priced.lines.length);
          const added = await ctx.signal(add);
          const step = await ctx
            .step('read', () => invalid as unknown as Basket, { schema })
            .catch((error: unknown) =>
              error instanceof StepError ? { code: error.code, details: error.details } : error,
            );
          return [lines.length, added.lines.length, step];
        },
      );
      const { client } = await stage.boot([shop]);
      const refused = { code: 'VALIDATION_FAILED', details: { problems } };
      await expect(client.start('shop', { input: invalid })).rejects.toMatchObject(refused);
      const handle = await client.start(shop, { input: raw });
      await expect(handle.signal(add, invalid as unknown as Basket)).rejects.toMatchObject(refused);
      await expect(handle.signal('add', invalid)).rejects.toMatchObject(refused);
      await expect(handle.update(price, invalid as unknown as Basket)).rejects.toMatchObject(refused);
      expect(await handle.update(price, raw)).toBe(2);
      await handle.signal(add, raw);
      expect(await handle.result()).toMatchObject([2, 2, refused]);
      expect(
        (await eventsOf(stage.store(), handle.workflowId)).filter(({ type }) => type === 'SignalReceived'),
      ).toHaveLength(1);
    });

    it.each(schemas)('D3: by %s, a result that is not valid fails the run', async (_what, schema) => {
      const shop = defineWorkflow<void, Basket>('shop', { output: schema }, () =>
        Promise.resolve(invalid as unknown as Basket),
      );
      const { client } = await stage.boot([shop]);
      await expect((await client.start(shop)).result()).rejects.toMatchObject({
        failure: { code: 'VALIDATION_FAILED', details: { problems } },
      });
    });

    it('D3: classes stand for schemas, in results too', async () => {
      const shop = defineWorkflow<Basket, Basket>('shop', { input: Basket, output: Basket }, (_ctx, { lines }) =>
        Promise.resolve((lines.length === 1 ? invalid : { lines }) as Basket),
      );
      const { client } = await stage.boot([shop], classes);
      const refused = { code: 'VALIDATION_FAILED', details: { problems } };
      await expect(client.start('shop', { input: invalid })).rejects.toMatchObject(refused);
      expect(await (await client.start(shop, { input: raw })).result()).toEqual(raw);
      const one = { lines: [{ sku: 'one', quantity: 1 }] } as Basket;
      await expect((await client.start(shop, { input: one })).result()).rejects.toMatchObject({ failure: refused });
      // The harness, which has no reader of classes, takes the result that was refused.
      leavesStuck();
    });

    it('D3: what a schema makes of a value is what is recorded', async () => {
      const trimmed = z.string().trim() as unknown as StandardSchema<unknown, string>;
      const echo = defineWorkflow<string, string>('echo', { input: trimmed }, (_ctx, input) => Promise.resolve(input));
      const { client } = await stage.boot([echo]);
      const handle = await client.start(echo, { input: '  a  ' });
      expect(await handle.result()).toBe('a');
      const [started] = await until(
        () => eventsOf(stage.store(), handle.workflowId),
        ({ length }) => length > 0,
      );
      expect(started?.data['input']).toBe('a');
    });
  });

  describe('D4: a codec', () => {
    const marker = 'SECRET-4711';
    const keys = new Map<string, EncryptionKey>();
    const keyOf = ({ workflowId }: { readonly workflowId: string }, keyId?: string): EncryptionKey | undefined =>
      keyId === undefined ? keys.get(workflowId) : [...keys.values()].find(({ id }) => id === keyId);
    const newKey = (id: string): void => void keys.set(id, { id: `key of ${id}`, key: randomBytes(32) });
    beforeEach(() => {
      keys.clear();
      for (const id of ['secret', 'secret/0', 'next', 'plain']) newKey(id);
    });

    class Refused extends Error {
      override readonly name = 'Refused';
      readonly code = 'REFUSED';
      readonly details = { why: marker };
    }

    /** Puts the marker wherever a payload or a failure can be. */
    const child = defineWorkflow<string, string>('child', (_ctx, input) => Promise.reject(new Error(input)));
    const next = defineWorkflow<string, string>('next', async (ctx, input) =>
      input.startsWith('again') ? input : ctx.continueAsNew(`again ${input}`),
    );
    const secret = defineWorkflow<unknown, unknown>('secret', { updates: [change] }, async (ctx, input) => {
      ctx.onUpdate(change, (args) => {
        if (args === 'fail') throw new Refused(marker);
        return args;
      });
      const step = await ctx.step('read', () => ({ read: marker }));
      await ctx.step(
        'flaky',
        (attempt) => {
          attempt.heartbeat({ at: marker });
          if (attempt.attempt === 1) throw new Refused(marker, { cause: new Error(`because of ${marker}`) });
        },
        { retry: { initialInterval: 30 }, heartbeatTimeout: '10s' },
      );
      const failed = await ctx
        .step('fails', () => Promise.reject(new Refused(marker)), { retry: { maxAttempts: 1 } })
        .catch((error: unknown) => error);
      const token = await ctx.signal('token');
      const ofChild = await ctx.executeChild(child, { input: marker }).catch((error: unknown) => error);
      await ctx.signal('end');
      if (!(failed instanceof StepError) || !(ofChild instanceof ChildError)) throw new Error('no failures');
      throw Object.assign(new Refused(marker, { cause: failed }), {
        details: { input, step, token, ofStep: failed.details, ofChild: ofChild.message },
      });
    });

    async function runAll({ client }: Fermata): Promise<void> {
      const handle = await client.start(secret, { workflowId: 'secret', input: { name: marker }, memo: marker });
      expect(await handle.update(change, marker)).toBe(marker);
      await expect(handle.update(change, 'fail')).rejects.toMatchObject({ message: marker, code: 'REFUSED' });
      await until(
        () => handle.describe(),
        ({ waits }) => waits.some(({ name }) => name === 'token'),
      );
      await handle.signal('token', marker);
      await handle.signal('end', marker);
      await expect(handle.result()).rejects.toMatchObject({
        failure: {
          type: 'Refused',
          message: marker,
          stack: expect.stringContaining(marker),
          details: {
            input: { name: marker },
            step: { read: marker },
            token: marker,
            ofStep: { why: marker },
            ofChild: marker,
          },
          cause: { message: marker, details: { why: marker } },
        },
      });
      expect(await (await client.start(next, { workflowId: 'next', input: marker })).result()).toBe(`again ${marker}`);
      expect(await handle.describe()).toMatchObject({
        input: { name: marker },
        memo: marker,
        failure: { message: marker },
      });
    }

    const sealing = encryption({ keyOf });
    const workflows = [secret, child, next];

    it('D4: everything comes back: results, failures, messages and views, now and after a restart', async () => {
      await runAll(await stage.boot(workflows, { codec: chainCodecs(compression({ charactersMin: 10 }), sealing) }));
      await stage.shutDown();
      const { client } = await stage.boot(workflows, { codec: chainCodecs(compression(), sealing) });
      const history = await client.handle('secret').history();
      expect(await replayHistory(secret, history)).toEqual({ ok: true, leftover: [] });
      await expect(client.handle('secret').result()).rejects.toMatchObject({ failure: { message: marker } });
      // The harness has no codec.
      leavesStuck();
    });

    it('D4: what is stored of payloads and failures is unreadable, whichever event has it', async () => {
      await runAll(await stage.boot(workflows, { codec: sealing }));
      const events = (
        await Promise.all(['secret', 'secret/0', 'next'].map((id) => eventsOf(stage.store(), id)))
      ).flat();
      expect(JSON.stringify(events)).not.toContain(marker);
      const types = new Set(events.map(({ type }) => type));
      const holding = ['WorkflowStarted', 'StepSucceeded', 'StepAttemptFailed', 'StepFailed', 'SignalReceived'];
      holding.push('UpdateAccepted', 'UpdateCompleted', 'ChildRequested', 'ChildClosed', 'WorkflowFailed');
      holding.push('WorkflowContinuedAsNew');
      expect([...types]).toEqual(expect.arrayContaining(holding));
      // What an operator looks for is there.
      expect(JSON.stringify(events)).toContain('REFUSED');
      leavesStuck();
    });

    it('D4: large payloads are stored smaller', async () => {
      const plain = defineWorkflow<string, string>('plain', (_ctx, input) => Promise.resolve(input));
      const { client } = await stage.boot([plain], { codec: compression() });
      const input = 'long '.repeat(10_000);
      const handle = await client.start(plain, { workflowId: 'plain', input });
      expect(await handle.result()).toBe(input);
      expect(JSON.stringify(await eventsOf(stage.store(), 'plain')).length).toBeLessThan(3_000);
      leavesStuck();
    });

    it('D4: a log that has begun in clear goes on with a codec', async () => {
      const first = await stage.boot([child, secret]);
      await first.client.start(secret, { workflowId: 'secret', input: marker });
      await until(
        () => first.client.describe('secret'),
        ({ waits }) => waits.some(({ name }) => name === 'token'),
      );
      await stage.shutDown();
      const { client } = await stage.boot([child, secret], { codec: sealing });
      await client.handle('secret').signal('token', marker);
      await client.handle('secret').signal('end', marker);
      await expect(client.handle('secret').result()).rejects.toMatchObject({
        failure: { details: { input: marker, token: marker } },
      });
      leavesStuck();
    });

    it('D4: with its key a person is forgotten; what is not about them stays, and the log goes on', async () => {
      const plain = defineWorkflow<string, string>('plain', async (ctx, input) => {
        await ctx.signal(go);
        return input;
      });
      const { client } = await stage.boot([plain], { codec: sealing });
      await client.start(plain, { workflowId: 'plain', input: marker });
      await client.start(plain, { workflowId: 'next', input: marker });
      await client.handle('next').signal(go, 'on');
      await client.handle('next').result();
      await stage.shutDown();
      keys.delete('plain');
      keys.delete('next');
      newKey('secret');
      const again = await stage.boot([plain], { codec: sealing });
      const shredded = await again.client.describe('next');
      expect(shredded).toMatchObject({
        status: 'completed',
        workflowType: 'plain',
        input: expect.stringContaining('unreadable'),
      });
      expect(JSON.stringify(await again.client.handle('next').history())).not.toContain(marker);
      await expect(again.client.handle('plain').signal(go, 'on')).rejects.toMatchObject({ code: 'PAYLOAD_UNREADABLE' });
      const other = await again.client.start(plain, { workflowId: 'secret', input: marker });
      await other.signal(go, 'on');
      expect(await other.result()).toBe(marker);
      leavesStuck();
    });

    it('D4: what was moved to another execution, or changed, cannot be read', () => {
      const of = { namespace: 'default', workflowId: 'secret' };
      const other = { namespace: 'default', workflowId: 'next' };
      const sealed = sealing.encode({ a: 1 }, of);
      expect(sealing.decode(sealed, of)).toEqual({ a: 1 });
      const unreadable: unknown = expect.objectContaining({ code: 'PAYLOAD_UNREADABLE' });
      expect(() => sealing.decode(sealed, other)).toThrow(unreadable);
      const changed = JSON.parse(JSON.stringify(sealed).replace(/"(.)([^"]*)"\]/, '"A$1$2"]')) as Payload;
      expect(() => sealing.decode(changed, of)).toThrow(unreadable);
    });

    describe('on disk', () => {
      let folder: string;
      beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'fermata-codec-'));
      });
      afterEach(() => rmSync(folder, { recursive: true, force: true }));

      it.each([
        ['clear text never reaches it', sealing, false],
        ['without a codec it would', undefined, true],
      ])('D4: %s', async (_what, codec, isFound) => {
        const store = `sqlite:${join(folder, 'log.db')}`;
        const isInAFile = (): boolean =>
          readdirSync(folder).some((file) => readFileSync(join(folder, file)).includes(Buffer.from(marker)));
        await using fermata = await createFermata({ store, workflows, ...(codec && { codec }) });
        await runAll(fermata);
        const found = [isInAFile()];
        await fermata.close();
        found.push(isInAFile());
        expect(readdirSync(folder).length).toBeGreaterThanOrEqual(2);
        expect(found).toEqual([isFound, isFound]);
      });
    });
  });
});

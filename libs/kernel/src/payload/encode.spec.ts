import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFermataError } from '../errors/fermata-error.js';
import { decodePayload } from './decode.js';
import { encodePayload } from './encode.js';
import type { Payload } from './payload.js';
import { recordableValues } from './recordable.contract.js';

/** What comes back once the value has been written as JSON and read again. */
const recorded = (value: unknown): unknown =>
  decodePayload(JSON.parse(JSON.stringify(encodePayload(value))) as Payload);

/** Why a value is refused. */
function refusal(value: unknown): { message: string; path: unknown } {
  try {
    encodePayload(value, 'input');
  } catch (error) {
    if (isFermataError(error, 'PAYLOAD_NOT_RECORDABLE'))
      return { message: error.message, path: error.details?.['path'] };
    throw error;
  }
  throw new Error('it was recorded');
}

describe('encodePayload', () => {
  it('records every type so that it reads back the same, through JSON', () => {
    fc.assert(
      fc.property(recordableValues, (value) => {
        expect(recorded(value)).toStrictEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, unknown, Payload]>([
    ['nothing', undefined, { $undefined: true }],
    ['minus zero', -0, { $number: '-0' }],
    ['NaN', NaN, { $number: 'NaN' }],
    ['infinity', -Infinity, { $number: '-Infinity' }],
    ['a big integer', -(2n ** 70n), { $bigint: '-1180591620717411303424' }],
    ['a date', new Date(5), { $date: 5 }],
    ['no date', new Date(NaN), { $date: null }],
    ['bytes', new Uint8Array([0, 255]), { $bytes: 'AP8=' }],
    ['a map', new Map([[{ k: 1 }, new Set([2])]]), { $map: [[{ k: 1 }, { $set: [2] }]] }],
    [
      'keys that look like tags',
      { $date: 5, plain: { $x: 1 } },
      { $object: { $date: 5, plain: { $object: { $x: 1 } } } },
    ],
    ['plain data', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
  ])('writes %s in a form that never changes', (_, value, payload) => {
    expect(encodePayload(value)).toStrictEqual(payload);
  });

  it('reads an invalid date back as one', () => {
    const back = recorded([new Date(NaN)]) as Date[];
    expect(back[0]).toBeInstanceOf(Date);
    expect(back[0]?.getTime()).toBeNaN();
  });

  it('leaves out properties that are undefined, and keeps undefined items', () => {
    expect(encodePayload({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
    expect(recorded([undefined, 1])).toStrictEqual([undefined, 1]);
    // eslint-disable-next-line no-sparse-arrays -- holes read back as undefined
    expect(recorded([, 1])).toStrictEqual([undefined, 1]);
  });

  it('never sets a prototype', () => {
    const hostile: unknown = JSON.parse('{ "__proto__": { "isAdmin": true }, "x": { "$y": 1, "__proto__": [1] } }');
    const back = recorded(hostile) as { isAdmin?: boolean };
    expect(back.isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(back).toStrictEqual(hostile);
    expect(Object.entries(recorded({ constructor: [1] }) as object)).toStrictEqual([['constructor', [1]]]);
    const error = Object.defineProperty(new Error('hostile'), '__proto__', {
      value: { isAdmin: true },
      enumerable: true,
    });
    const errorBack = recorded(error);
    expect(errorBack).toBeInstanceOf(Error);
    expect(Object.keys(errorBack as Error)).toEqual(['__proto__']);
  });

  it('records instances of classes by their own properties, or by toJSON where they have it', () => {
    class Money {
      readonly currency = 'EUR';
      constructor(readonly cents: number) {}
      get isFree(): boolean {
        return this.cents === 0;
      }
    }
    expect(encodePayload(new Money(5))).toStrictEqual({ currency: 'EUR', cents: 5 });
    expect(encodePayload({ at: new URL('https://example.org/x') })).toStrictEqual({ at: 'https://example.org/x' });
    expect(encodePayload({ toJSON: undefined, a: 1 })).toStrictEqual({ a: 1 });
    expect(recorded(Object.assign(Object.create(null) as object, { a: 1 }))).toStrictEqual({ a: 1 });
    expect(recorded(Buffer.from('hi'))).toStrictEqual(new Uint8Array([104, 105]));
  });

  it('records errors with name, cause and own properties', () => {
    const cause = new TypeError('below');
    const error = Object.assign(new RangeError('above', { cause }), { code: 'E_X', at: new Date(5), $tag: 1 });
    const back = recorded(error) as RangeError & { code: string; at: Date; $tag: number };
    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({ name: 'RangeError', message: 'above', code: 'E_X', at: new Date(5), $tag: 1 });
    expect(back.stack).toBe(error.stack);
    expect(back.cause).toMatchObject({ name: 'TypeError', message: 'below' });
  });

  it('shares nothing with the value', () => {
    const inMap = { n: 1 };
    const value = { list: [{ n: 1 }], map: new Map([['k', inMap]]), bytes: new Uint8Array([1]) };
    const payload = encodePayload(value);
    const before = JSON.stringify(payload);
    value.list.push({ n: 2 });
    inMap.n = 2;
    value.bytes[0] = 2;
    expect(JSON.stringify(payload)).toBe(before);
  });

  it('takes one object in several places, which is no cycle', () => {
    const shared = { n: 1 };
    const back = recorded({ a: shared, b: [shared, shared], c: new Map([[shared, shared]]) }) as {
      a: unknown;
      b: unknown[];
    };
    expect(back).toStrictEqual({ a: shared, b: [shared, shared], c: new Map([[shared, shared]]) });
    expect(back.a).not.toBe(back.b[0]);
  });

  it.each<[string, () => unknown, string, string]>([
    ['a function', () => ({ a: { b: [1, () => 1] } }), 'input.a.b[1]', 'is a function'],
    ['a symbol', () => [Symbol('x')], 'input[0]', 'is a symbol'],
    ['a promise', () => ({ later: Promise.resolve() }), 'input.later', 'is a promise; await it first'],
    ['a function at the top', () => () => 1, 'input', 'is a function'],
    ['a function in a map', () => ({ m: new Map([['k', () => 1]]) }), 'input.m[0][1]', 'is a function'],
    ['a function in an error', () => Object.assign(new Error('x'), { undo: () => 1 }), 'input.undo', 'is a function'],
  ])('refuses %s, and says where it is', (_, make, path, why) => {
    const { message, path: found } = refusal(make());
    expect(found).toBe(path);
    expect(message).toContain(`${path} can't be recorded: it ${why}.`);
  });

  it('refuses cycles of every kind', () => {
    const object: Record<string, unknown> = {};
    object['self'] = { again: object };
    expect(refusal(object)).toMatchObject({ path: 'input.self.again' });
    const list: unknown[] = [];
    list.push([list]);
    expect(refusal(list)).toMatchObject({ path: 'input[0][0]' });
    const map = new Map<string, unknown>();
    map.set('self', map);
    expect(refusal(map)).toMatchObject({ path: 'input[0][1]' });
    const error = new Error('x');
    error.cause = error;
    expect(refusal(error)).toMatchObject({ path: 'input.cause' });
    const own: { toJSON: () => unknown } = new (class {
      toJSON(): unknown {
        return this;
      }
    })();
    expect(refusal(own).message).toContain('refers back to an object that contains it');
  });

  it('takes 500 levels, refuses 501, and never overflows the stack', () => {
    const nested = (levels: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = [value];
      return value;
    };
    expect(recorded(nested(500))).toStrictEqual(nested(500));
    expect(refusal(nested(501)).message).toContain('is nested deeper than 500 levels');
    expect(refusal(nested(100_000)).message).toContain('is nested deeper than 500 levels');
  });
});

describe('decodePayload', () => {
  it('gives a fresh value each time, that shares nothing with the payload', () => {
    const payload = encodePayload({ list: [{ n: 1 }], when: new Date(5) });
    const one = decodePayload(payload) as { list: { n: number }[]; when: Date };
    one.list.push({ n: 2 });
    Object.assign(one.list[0] ?? {}, { n: 3 });
    one.when.setTime(6);
    expect(decodePayload(payload)).toStrictEqual({ list: [{ n: 1 }], when: new Date(5) });
  });

  it('refuses a tag that it does not know, and says what to do', () => {
    expect(() => decodePayload({ a: [{ $temporal: '2030-01-01' }] })).toThrow(
      expect.objectContaining({
        code: 'PAYLOAD_NOT_RECORDABLE',
        message: expect.stringContaining('upgrade this node'),
      }),
    );
  });
});

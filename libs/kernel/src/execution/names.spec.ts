import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameCharsMax, parseName, parseNamespace } from './names.js';

describe('parseName', () => {
  it.each([
    'a',
    'order-1001',
    'réserver le stock',
    '注文',
    '🚚 ship',
    ' spaces ',
    'a/b?c#d%',
    'x'.repeat(nameCharsMax),
  ])('takes %p as it is', (name) => {
    expect(parseName(name, 'step name')).toBe(name);
  });

  it.each([
    ['', 'is empty'],
    ['x'.repeat(nameCharsMax + 1), 'has 201 characters, over the limit of 200'],
    ['x'.repeat(10_000), 'has 10000 characters'],
    ['two\nlines', 'has a control character'],
    ['nul\0', 'has a control character'],
    ['del\u007f', 'has a control character'],
    ['c1\u0085', 'has a control character'],
    ['line\u2028', 'has a control character'],
    ['lone \ud800 surrogate', 'has a control character'],
    ['\udc00', 'has a control character'],
    [undefined, 'is no text'],
    [7, 'is no text'],
    [['a'], 'is no text'],
  ])('refuses %p: it %s', (name, problem) => {
    expect(() => parseName(name as string, 'step name')).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(`The step name ${problem}`),
        details: { problems: [{ path: 'step name', message: expect.stringContaining(problem) }] },
      }),
    );
  });

  it('takes every printable text of the right length', () => {
    const printable = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => text.length <= nameCharsMax && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text));
    fc.assert(fc.property(printable, (name) => parseName(name, 'name') === name));
  });
});

describe('parseNamespace', () => {
  it.each(['a', '0', 'default', 'team-1', 'a'.repeat(63)])('takes %p', (namespace) => {
    expect(parseNamespace(namespace)).toBe(namespace);
  });

  it.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'ä', 'a\n', 'a'.repeat(64), 'a'.repeat(10_000)])(
    'refuses %p',
    (namespace) => {
      expect(() => parseNamespace(namespace)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    },
  );
});

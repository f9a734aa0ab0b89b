import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFermataError } from '../errors/fermata-error.js';
import { durationMsMax, toMillis, type Duration } from './duration.js';

describe('toMillis', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [250, 250],
    ['0ms', 0],
    ['200ms', 200],
    ['200 ms', 200],
    ['1 millisecond', 1],
    ['5s', 5_000],
    ['1 second', 1_000],
    ['1.5 seconds', 1_500],
    ['10m', 600_000],
    ['10 minutes', 600_000],
    ['1h', 3_600_000],
    ['2 hours', 7_200_000],
    ['1d', 86_400_000],
    ['2 days', 172_800_000],
    ['1 week', 604_800_000],
    ['3 weeks', 1_814_400_000],
    ['1 year', 31_536_000_000],
    ['1000 years', durationMsMax],
  ])('reads %p as %d ms', (duration, ms) => {
    expect(toMillis(duration)).toBe(ms);
  });

  it('rounds up, so that nothing wakes early', () => {
    expect(toMillis(0.1)).toBe(1);
    expect(toMillis('0.0001s')).toBe(1);
  });

  it.each([
    -1,
    NaN,
    Infinity,
    durationMsMax + 1,
    '',
    '5',
    's',
    '-5s',
    '+5s',
    '5 S',
    '5  s',
    ' 5s',
    '5s ',
    '5s\n',
    '1e3 ms',
    '.5s',
    '5.s',
    '5 fortnights',
    '5 constructor',
    '1001 years',
    `${'9'.repeat(400)}s`,
    null,
    undefined,
    {},
  ])('refuses %p', (duration) => {
    expect(() => toMillis(duration as Duration)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });

  it('says which value was wrong', () => {
    expect(() => toMillis('soon' as Duration, 'retry.maxInterval')).toThrow('The retry.maxInterval "soon"');
  });

  const units = [
    ['ms', 1],
    ['s', 1_000],
    [' minutes', 60_000],
    ['h', 3_600_000],
    [' days', 86_400_000],
  ] as const;

  it('multiplies any whole number by its unit', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(...units), (count, [unit, ms]) => {
        expect(toMillis(`${count}${unit}` as Duration)).toBe(count * ms);
      }),
    );
  });

  it('answers any text with whole milliseconds in range, or refuses it as invalid', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^\d{0,4}\.?\d{0,4} ?(ms|s|minutes|years|lots)$/));
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const ms = toMillis(text as Duration);
          expect(Number.isInteger(ms) && ms >= 0 && ms <= durationMsMax).toBe(true);
        } catch (error) {
          if (!isFermataError(error, 'VALIDATION_FAILED')) throw error;
        }
      }),
    );
  });
});

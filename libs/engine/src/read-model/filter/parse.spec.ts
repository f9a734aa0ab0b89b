import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aFilter, written } from '../read-model-filters.contract.js';
import type { Comparison, Filter } from './filter.js';
import { filterCharsMax, filterDepthMax, filterInValuesMax, parseFilter } from './parse.js';

const is = (status: 'failed' | 'stuck' | 'running'): Comparison => ({
  kind: 'status',
  field: 'status',
  comparator: '=',
  value: status,
});
const typeIs = (value: string): Comparison => ({ kind: 'text', field: 'workflowType', comparator: '=', value });

function errorOf(filter: string): { readonly code: string; readonly message: string; readonly details: unknown } {
  try {
    parseFilter(filter);
  } catch (error) {
    return error as ReturnType<typeof errorOf>;
  }
  throw new Error(`${filter} was accepted`);
}

describe('parseFilter', () => {
  it.each(['', '  \n'])('takes %j for a filter that holds for every run', (filter) => {
    expect(parseFilter(filter)).toEqual({ kind: 'and', operands: [] });
  });

  it('reads the example of the reference', () => {
    const filter = 'workflowType = "checkout" and status in ("failed","stuck") and startedAt > "2026-01-01T00:00:00Z"';
    expect(parseFilter(filter)).toEqual({
      kind: 'and',
      operands: [
        typeIs('checkout'),
        { kind: 'or', operands: [is('failed'), is('stuck')] },
        { kind: 'time', field: 'startedAt', comparator: '>', value: Date.UTC(2026, 0, 1) },
      ],
    });
  });

  it('binds "not" tighter than "and", and "and" tighter than "or"', () => {
    expect(parseFilter('not status="failed" and status="stuck" or status="running"')).toEqual({
      kind: 'or',
      operands: [{ kind: 'and', operands: [{ kind: 'not', operand: is('failed') }, is('stuck')] }, is('running')],
    });
    expect(parseFilter('not (status="failed" or status="stuck")')).toEqual({
      kind: 'not',
      operand: { kind: 'or', operands: [is('failed'), is('stuck')] },
    });
  });

  it('takes the words of the language in capitals too, and fields as they are', () => {
    expect(parseFilter('NOT status = "failed" AND status IN ("stuck")')).toEqual(
      parseFilter('not status = "failed" and status in ("stuck")'),
    );
    expect(errorOf('Status = "failed"').message).toContain('there is no field Status');
  });

  it.each([
    ['"a \\"quoted\\" name"', 'a "quoted" name'],
    ['"back\\\\slash"', 'back\\slash'],
    ['"\\u00e9\\n"', 'é\n'],
    ['"it\'s; --drop"', "it's; --drop"],
    ['"𝄐 заказ"', '𝄐 заказ'],
    ['""', ''],
  ])('reads %s', (text, value) => {
    expect(parseFilter(`workflowType = ${text}`)).toEqual(typeIs(value));
  });

  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T08:30Z', Date.UTC(2026, 0, 31, 8, 30)],
    ['2026-01-31T08:30:15.250+02:00', Date.UTC(2026, 0, 31, 6, 30, 15, 250)],
  ])('reads the time %s', (text, value) => {
    expect(parseFilter(`closedAt <= "${text}"`)).toEqual({ kind: 'time', field: 'closedAt', comparator: '<=', value });
  });

  it('reads back every filter as it was written', () => {
    fc.assert(fc.property(aFilter, (filter) => expect(parseFilter(written(filter))).toEqual(unwrapped(filter))));
  });

  it.each([
    ['colour = "red"', 0, 'there is no field colour'],
    ['status = "odd"', 9, 'there is no status "odd"'],
    ['status < "failed"', 7, 'statuses have no order'],
    ['startedAt > "yesterday"', 12, '"yesterday" is no time'],
    ['startedAt > "2026-13-01"', 12, '"2026-13-01" is no time'],
    ['startedAt > "2026-01-01T00:00"', 12, 'is no time'],
    ['status "failed"', 7, 'expected a comparison (= != < <= > >=) or "in", found "failed"'],
    ['status = failed', 9, 'expected a value in double quotes, found "failed"'],
    ["status = 'failed'", 9, `"'" has no meaning here`],
    ['status = "failed', 9, 'this text has no end'],
    ['workflowId = "\\x"', 13, 'this text has an escape'],
    ['status in "failed"', 10, 'expected "(" after "in"'],
    ['status in ()', 11, 'expected a value in double quotes, found ")"'],
    ['status in ("failed" "stuck")', 20, 'expected "," or ")"'],
    ['status in ("failed"', 19, 'expected "," or ")", found the end'],
    ['(status = "failed"', 18, 'expected ")", found the end'],
    ['status = "failed")', 17, 'expected "and", "or" or the end'],
    ['status = "failed" status = "stuck"', 18, 'expected "and", "or" or the end'],
    ['status = "failed" and', 21, 'expected a field, "not" or "(", found the end'],
    ['= "failed"', 0, 'expected a field, "not" or "("'],
    ['status == "failed"', 8, 'expected a value in double quotes, found "="'],
    ['status = "failed" # all', 18, '"#" has no meaning here'],
  ])('refuses %s and points at offset %i', (filter, offset, problem) => {
    const { code, message, details } = errorOf(filter);
    expect(code).toBe('MALFORMED_FILTER');
    expect(details).toEqual({ offset });
    expect(message).toContain(problem);
    expect(message).toContain(`\n  ${filter}\n  ${' '.repeat(offset)}^\n`);
  });

  it('shows only the part of a long filter that has the mistake', () => {
    const ids = Array.from({ length: 50 }, (_, number) => `"order-${number}"`).join(', ');
    const { message } = errorOf(`workflowId in (${ids}) and colour = "red"`);
    const [, shown = '', caret = ''] = message.split('\n');
    expect(shown.length).toBeLessThan(125);
    expect(shown.slice(caret.length - 1)).toBe('colour = "red"');
  });

  it('refuses what is too long, too deep or lists too much', () => {
    expect(parseFilter(' '.repeat(filterCharsMax))).toBeDefined();
    expect(errorOf(' '.repeat(filterCharsMax + 1)).message).toContain('longer than 4000 characters');
    const nested = (depth: number): string => `${'('.repeat(depth)}status = "failed"${')'.repeat(depth)}`;
    expect(parseFilter(nested(filterDepthMax))).toEqual(is('failed'));
    expect(errorOf(nested(filterDepthMax + 1)).message).toContain('nested deeper than 32');
    expect(errorOf(`${'not '.repeat(filterDepthMax + 1)}status = "failed"`).message).toContain('nested deeper than 32');
    const listing = (count: number): string => `status in (${Array(count).fill('"failed"').join(',')})`;
    expect(parseFilter(listing(filterInValuesMax))).toBeDefined();
    expect(errorOf(listing(filterInValuesMax + 1)).message).toContain('lists more than 100 values');
  });

  it('answers any text with a filter or MALFORMED_FILTER', () => {
    const fragments = fc.constantFrom(
      'status',
      'in',
      'not',
      'and',
      '(',
      ')',
      ',',
      '=',
      '"failed"',
      '"',
      '\\',
      ' ',
      '\u0000',
      '🙂',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fragments).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED_FILTER' });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The filter without the operators that join just one thing. */
function unwrapped(filter: Filter): Filter {
  if (filter.kind === 'not') return { kind: 'not', operand: unwrapped(filter.operand) };
  if (filter.kind !== 'and' && filter.kind !== 'or') return filter;
  const operands = filter.operands.map(unwrapped);
  const [only] = operands;
  return only && operands.length === 1 ? only : { kind: filter.kind, operands };
}

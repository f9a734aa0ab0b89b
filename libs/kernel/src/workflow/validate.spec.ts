import { describe, expect, it } from '@jest/globals';
import type { StandardIssue, StandardSchema } from './schema.js';
import { isStandardSchema } from './schema.js';
import { validateNow } from './validate.js';

function schemaThat(validate: StandardSchema['~standard']['validate']): StandardSchema {
  return { '~standard': { version: 1, vendor: 'spec', validate } };
}

const refusing = (...issues: StandardIssue[]): StandardSchema => schemaThat(() => ({ issues }));

describe('validateNow', () => {
  it('gives what the schema makes of the value', () => {
    expect(
      validateNow(
        schemaThat((value) => ({ value: [value] })),
        5,
        'input',
      ),
    ).toEqual([5]);
  });

  it('refuses with every problem and where it is, in both forms of paths', () => {
    const schema = refusing(
      { message: 'is missing', path: ['lines', 0, 'sku'] },
      { message: 'is negative', path: [{ key: 'total' }] },
      { message: 'is too old' },
    );
    expect(() => validateNow(schema, {}, 'input')).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(
          'The input is not valid: lines.0.sku: is missing; total: is negative; is too old.',
        ),
        details: {
          problems: [
            { path: 'lines.0.sku', message: 'is missing' },
            { path: 'total', message: 'is negative' },
            { path: '', message: 'is too old' },
          ],
        },
      }),
    );
  });

  it('refuses a schema that validates later', () => {
    expect(() =>
      validateNow(
        schemaThat((value) => Promise.resolve({ value })),
        5,
        'input',
      ),
    ).toThrow(TypeError);
  });
});

describe('isStandardSchema', () => {
  it('tells schemas from classes', () => {
    expect(isStandardSchema(refusing())).toBe(true);
    expect(isStandardSchema(URL)).toBe(false);
  });
});

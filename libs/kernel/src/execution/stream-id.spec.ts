import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slotCount, slotOf, streamIdOf, targetOfStream } from './stream-id.js';

const namespaces = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const workflowIds = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((id) => id.length <= 200 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(id));

describe('streamIdOf', () => {
  it.each([
    ['default', 'order-1001', 'default.df-order-1001'],
    ['default', 'order-1', 'default.34-order-1'],
    ['default', 'order-2', 'default.ed-order-2'],
    ['payments', 'order-1', 'payments.dc-order-1'],
    ['default', 'Ünïcödé ☃', 'default.10-Ünïcödé ☃'],
    ['a', 'a'.repeat(200), `a.bc-${'a'.repeat(200)}`],
  ])('names the stream of %s, %s the same for ever', (namespace, workflowId, stream) => {
    expect(streamIdOf({ namespace, workflowId })).toBe(stream);
  });

  it('is read back as what it was made of', () => {
    fc.assert(
      fc.property(namespaces, workflowIds, (namespace, workflowId) => {
        expect(targetOfStream(streamIdOf({ namespace, workflowId }))).toEqual({ namespace, workflowId });
      }),
    );
  });

  it.each([
    ['Default', 'order-1'],
    ['', 'order-1'],
    ['default', ''],
    ['default', 'a\nb'],
    ['default', 'x'.repeat(10_000)],
  ])('refuses %p, %p', (namespace, workflowId) => {
    expect(() => streamIdOf({ namespace, workflowId })).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});

describe('targetOfStream', () => {
  it.each([
    '',
    'default',
    'default.df',
    'default.df-',
    'default.DF-order',
    'default.d-order',
    '$nodes',
    'Default.df-order',
  ])('finds no execution in %p', (stream) => {
    expect(targetOfStream(stream)).toBeUndefined();
  });
});

describe('slotOf', () => {
  it('tells namespace and workflow ID apart', () => {
    expect(slotOf({ namespace: 'a', workflowId: 'b-c' })).not.toBe(slotOf({ namespace: 'a-b', workflowId: 'c' }));
  });

  it('spreads executions over all slots evenly', () => {
    const perSlot = new Array<number>(slotCount).fill(0);
    for (let index = 0; index < 100 * slotCount; index++) {
      const slot = slotOf({ namespace: 'default', workflowId: `order-${index}` });
      perSlot[slot] = (perSlot[slot] ?? 0) + 1;
    }
    // 100 each, with a standard deviation of 10 if it were drawn at random: six of them either way.
    expect(Math.min(...perSlot)).toBeGreaterThan(40);
    expect(Math.max(...perSlot)).toBeLessThan(160);
  });
});

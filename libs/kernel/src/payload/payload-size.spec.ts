import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodePayload } from './encode.js';
import { checkPayloadSize, estimatePayloadBytes, payloadBytes, payloadBytesMaxDefault } from './payload-size.js';
import { recordableValues } from './recordable.contract.js';

describe('checkPayloadSize', () => {
  it('lets through exactly what fits, for every payload: its quick look never takes one for too small', () => {
    const payloads = fc
      .oneof(recordableValues, fc.jsonValue(), fc.string({ unit: 'binary' }))
      .map((value) => encodePayload(value));
    fc.assert(
      fc.property(payloads, (payload) => {
        const bytes = payloadBytes(payload);
        expect(bytes).toBe(Buffer.byteLength(JSON.stringify(payload)));
        expect(() => {
          checkPayloadSize(payload, bytes, 'input');
        }).not.toThrow();
        expect(() => {
          checkPayloadSize(payload, bytes - 1, 'input');
        }).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE', details: { bytes, bytesMax: bytes - 1 } }));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['control characters', '\0'.repeat(100)],
    ['lone surrogates', '\ud800'.repeat(100)],
    ['quotes', '"'.repeat(100)],
    ['emoji', '🚚'.repeat(100)],
    ['long numbers', new Array<number>(100).fill(-2.2250738585072014e-308)],
    ['empty objects', new Array<object>(100).fill({})],
    ['keys', { ['\0'.repeat(100)]: null }],
  ])('is not fooled by %s, which take most as JSON', (_, value) => {
    const payload = encodePayload(value);
    expect(() => {
      checkPayloadSize(payload, payloadBytes(payload) - 1, 'input');
    }).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }));
  });

  it('names what is too large, its size and the limit', () => {
    expect(() => {
      checkPayloadSize('x'.repeat(payloadBytesMaxDefault), payloadBytesMaxDefault, 'step result');
    }).toThrow('The step result takes 900002 bytes, over the limit of 900000.');
  });
});

describe('estimatePayloadBytes', () => {
  it('grows with what is in it', () => {
    const small = estimatePayloadBytes(encodePayload({ a: 'x' }));
    expect(small).toBeGreaterThan(0);
    expect(estimatePayloadBytes(encodePayload({ a: 'x'.repeat(1_000) }))).toBeGreaterThanOrEqual(1_000);
    expect(estimatePayloadBytes(encodePayload({ a: 'x', b: [1, 2] }))).toBeGreaterThan(small);
  });
});

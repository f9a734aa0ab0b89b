import { FermataError } from '../errors/fermata-error.js';
import type { Payload } from './payload.js';

/** 900 kB: with its envelope such a payload fits one append of EventStoreDB, 1 MiB by default. */
export const payloadBytesMaxDefault = 900_000;

// What one code unit, number or separator takes at most as JSON in UTF-8.
const bytesPerUnitMax = 6;
const bytesPerNumberMax = 25;
const overheadBytes = 4;

/** @throws FermataError `PAYLOAD_TOO_LARGE` with the size and the limit */
export function checkPayloadSize(payload: Payload, bytesMax: number, what: string): void {
  if (upperBound(payload) <= bytesMax) return;
  const bytes = payloadBytes(payload);
  if (bytes <= bytesMax) return;
  throw new FermataError('PAYLOAD_TOO_LARGE', {
    message: `The ${what} takes ${bytes} bytes, over the limit of ${bytesMax}.`,
    fix: 'Keep large values elsewhere and record where they are.',
    details: { bytes, bytesMax },
  });
}

/** Bytes of the payload as JSON in UTF-8. */
export function payloadBytes(payload: Payload): number {
  return new TextEncoder().encode(JSON.stringify(payload)).length;
}

/** Roughly what the payload takes in memory. */
export function estimatePayloadBytes(payload: Payload): number {
  return Math.ceil(upperBound(payload) / bytesPerUnitMax);
}

/** Quick and never too small: most payloads are far below any limit, and needn't be written out to know it. */
function upperBound(payload: Payload): number {
  if (typeof payload === 'string') return payload.length * bytesPerUnitMax + overheadBytes;
  if (payload === null || typeof payload !== 'object') return bytesPerNumberMax;
  if (Array.isArray(payload)) {
    return (payload as readonly Payload[]).reduce<number>((sum, item) => sum + upperBound(item) + 1, overheadBytes);
  }
  let sum = overheadBytes;
  for (const [key, item] of Object.entries(payload))
    sum += key.length * bytesPerUnitMax + overheadBytes + upperBound(item);
  return sum;
}

import type { EpochMs } from '@fermata/kernel';
import type { Random } from './random.js';

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A UUID of version 7: sorts by time. Source: RFC 9562. */
export function newUuidV7(now: EpochMs, random: Random): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  for (let index = 0, rest = now; index < 6; index++) {
    bytes[5 - index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  let text = '';
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += hexDigits[bytes[index] ?? 0] ?? '';
  }
  return text;
}

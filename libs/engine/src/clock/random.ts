import { randomFillSync } from 'node:crypto';

/** Randomness for IDs and jitter. Seeded in tests and in the simulation. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Overwrites the bytes with random ones, at most 4,096. */
  fill(bytes: Uint8Array): void;
}

/** Asking the system costs microseconds a call, so it is asked for many IDs at once. */
const pool = new Uint8Array(4_096);
let used = pool.length;

function fill(bytes: Uint8Array): void {
  if (used + bytes.length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  bytes.set(pool.subarray(used, used + bytes.length));
  used += bytes.length;
}

const { random } = Math;

export const systemRandom: Random = { next: () => random(), fill };

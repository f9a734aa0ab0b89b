import { randomFillSync } from 'node:crypto';

/** Randomness for IDs and jitter. Seeded in tests and in the simulation. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Overwrites the bytes with random ones. */
  fill(bytes: Uint8Array): void;
}

export const systemRandom: Random = { next: Math.random, fill: (bytes) => void randomFillSync(bytes) };

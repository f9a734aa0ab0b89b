import { SeededRandom } from '@fermata/kernel';
import type { Random } from '@fermata/engine';

/** All chance of a simulation comes from here, so that its seed is the whole story. */
export class Dice implements Random {
  readonly #random: SeededRandom;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
  }

  next(): number {
    return this.#random.next();
  }

  fill(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.#random.uint32() & 0xff;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** Dice of their own, so that more throws in one place don't change those of another. */
  fork(name: string): Dice {
    return new Dice(`${name}:${this.#random.uint32()}`);
  }
}

import type { Dice } from './dice.js';
import type { Program } from './program.js';

const partsMax = 4;
const depthMax = 3;

/** A random program, a sequence at the top, that ends by itself once its signals have come. */
export function generateProgram(dice: Dice): Program {
  return new Generator(dice).sequence(0);
}

class Generator {
  #names = 0;

  constructor(private readonly dice: Dice) {}

  sequence(depth: number): Program {
    return { do: 'in-turn', parts: this.#parts(depth, 1) };
  }

  #parts(depth: number, min: number): readonly Program[] {
    return Array.from({ length: this.dice.between(min, partsMax) }, () => this.#any(depth + 1));
  }

  #any(depth: number): Program {
    const isLeaf = depth >= depthMax || this.dice.happens(0.65);
    return isLeaf ? this.#leaf() : this.#branch(depth);
  }

  #leaf(): Program {
    const chance = this.dice.next();
    if (chance < 0.6) return this.#step();
    if (chance < 0.75) return { do: 'sleep', ms: this.dice.between(0, 5_000) };
    if (chance < 0.87) return this.#awaitSignal();
    if (chance < 0.91) return { do: 'handle-signal', name: this.#name('handled') };
    if (chance < 0.97) return { do: 'look-round' };
    return { do: 'throw' };
  }

  #step(): Program {
    return {
      do: 'step',
      name: this.#name('step'),
      ms: this.dice.between(0, 300),
      failures: this.dice.happens(0.2) ? this.dice.between(1, 3) : 0,
      isFatal: this.dice.happens(0.06),
      isUndone: this.dice.happens(0.4),
    };
  }

  #awaitSignal(): Program {
    const name = this.#name('signal');
    return this.dice.happens(0.5)
      ? { do: 'await-signal', name, timeoutMs: this.dice.between(0, 3_000) }
      : { do: 'await-signal', name };
  }

  #branch(depth: number): Program {
    if (this.dice.happens(0.25)) return { do: 'try', body: this.sequence(depth), fallback: this.#any(depth + 1) };
    const kind = this.dice.oneOf(['in-turn', 'all', 'race', 'any', 'all-settled'] as const);
    return { do: kind, parts: this.#parts(depth, 2) };
  }

  #name(kind: string): string {
    return `${kind}-${this.#names++}`;
  }
}

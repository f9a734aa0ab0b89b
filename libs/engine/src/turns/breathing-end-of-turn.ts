import type { EndOfTurn } from '@fermata/kernel';
import { endOfTurn } from './end-of-turn.js';

/** A replay holds the event loop at most about this long at a time. */
const heldMsMax = 5;
/** The clock is read once in so many turns. */
const turnsPerLook = 256;

/** For replays of long histories: ends turns as usual, and now and then lets the event loop do other work. */
export function breathingEndOfTurn(): EndOfTurn {
  let turns = 0;
  let heldSince = performance.now();
  return async () => {
    await endOfTurn();
    if (++turns % turnsPerLook !== 0 || performance.now() - heldSince < heldMsMax) return;
    await new Promise((resolve) => setImmediate(resolve));
    heldSince = performance.now();
  };
}

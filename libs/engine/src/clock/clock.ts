import type { EpochMs, Millis } from '@fermata/kernel';

/** The time, and being woken at one. Real in production, virtual in tests and in the simulation. */
export interface Clock {
  now(): EpochMs;
  /** Calls back once, not before `delay` has passed. The answer cancels it. */
  after(delay: Millis, callback: () => void): () => void;
}

/** The longest delay that Node's timers take; a longer one would fire at once. */
const delayMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  after(delay, callback) {
    let timer: NodeJS.Timeout;
    const wait = (left: Millis): void => {
      timer = setTimeout(() => (left > delayMsMax ? wait(left - delayMsMax) : callback()), Math.min(left, delayMsMax));
    };
    wait(delay);
    return () => clearTimeout(timer);
  },
};

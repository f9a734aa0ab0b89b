import type { Clock } from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import type { VirtualClock } from '@fermata/testing';
import { nap } from './concurrency.js';

/** Real time, which a test may set ahead: as if so much had passed while no node ran. */
export class ShiftedClock implements Clock {
  #aheadMs: Millis = 0;

  setAhead(ms: Millis): void {
    this.#aheadMs += ms;
  }

  now = (): number => Date.now() + this.#aheadMs;

  after(delay: Millis, callback: () => void): () => void {
    const timer = setTimeout(callback, Math.min(delay, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }
}

/** How long a node needs to come to rest at most: a store on a server takes its time. */
const restMs: Millis = process.env['FERMATA_EVENTSTOREDB_URL'] === undefined ? 2 : 40;

/** Lets virtual time go on, alarm by alarm, each once the node has had time to come to rest, until the work is done. */
export async function elapse<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const isDone = work.then(
    () => true,
    () => true,
  );
  const isAtRest = (): Promise<boolean> => nap(restMs).then(() => false);
  while (!(await Promise.race([isDone, isAtRest()]))) clock.ringNext();
  return work;
}

import type { Millis } from '@fermata/kernel';

/** Something that a test opens and steps wait for. */
export class Gate {
  readonly opened: Promise<void>;
  open: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.open = resolve));
  }
}

/** Counts how many pieces of work are under way at the same time. */
export class Gauge {
  #now = 0;
  max = 0;

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.max = Math.max(this.max, ++this.#now);
    try {
      return await work();
    } finally {
      this.#now--;
    }
  }
}

/** Real time, for steps: not to be used in workflow code. */
export function nap(ms: Millis): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves with the signal's reason once it is aborted. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }));
}

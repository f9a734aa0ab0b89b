import type { Millis } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';

/** A sleep that can be cut short. One sleeper at a time. */
export class Nap {
  #wake: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  async sleep(delay: Millis): Promise<void> {
    let cancel = (): void => undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      cancel = this.clock.after(delay, resolve);
    });
    this.#wake = undefined;
    cancel();
  }

  /** Ends the sleep, if there is one. */
  wake(): void {
    this.#wake?.();
  }
}

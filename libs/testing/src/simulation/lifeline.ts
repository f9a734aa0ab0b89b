import type { Clock } from '@fermata/engine';
import type { Millis } from '@fermata/kernel';

/** What a simulated process hangs on. Once cut, nothing that it waits for ever comes, as after a SIGKILL. */
export class Lifeline {
  #isCut = false;

  get isCut(): boolean {
    return this.#isCut;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** The clock as the process sees it. */
  clockOf(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delay: Millis, ring: () => void) => clock.after(delay, () => (this.#isCut ? undefined : ring())),
    };
  }

  /** Passes an outcome on to the process, if it still lives. */
  pass<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => (this.#isCut ? undefined : resolve(value)),
        (error: unknown) => (this.#isCut ? undefined : reject(error as Error)),
      );
    });
  }
}

import type { SurroundingRun, TimerId } from '@fermata/kernel';

/** What `setTimeout` and `setInterval` give in workflow code: enough of Node's own to be used in its place. */
export class DurableTimer {
  #timerId: TimerId | undefined;
  #isCleared = false;

  constructor(
    private readonly run: SurroundingRun,
    private readonly ms: number,
    private readonly callback: () => void,
  ) {}

  start({ isRepeating }: { readonly isRepeating: boolean }): this {
    const { timerId, promise } = this.run.startTimer(this.ms);
    this.#timerId = timerId;
    const fired = (): void => {
      if (this.#isCleared) return;
      this.callback();
      if (isRepeating) this.start({ isRepeating });
    };
    // Rejected only by cancellation, after which the callback isn't to be called.
    promise.then(fired, () => undefined);
    return this;
  }

  clear(): void {
    this.#isCleared = true;
    if (this.#timerId !== undefined) this.run.cancelTimer(this.#timerId);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

type Callback = (...args: never[]) => void;

export function startDurableTimeout(run: SurroundingRun, callback: Callback, ms = 0, ...args: never[]): DurableTimer {
  return new DurableTimer(run, Math.max(0, ms), () => callback(...args)).start({ isRepeating: false });
}

export function startDurableInterval(run: SurroundingRun, callback: Callback, ms = 0, ...args: never[]): DurableTimer {
  return new DurableTimer(run, Math.max(1, ms), () => callback(...args)).start({ isRepeating: true });
}

export function clearDurableTimer(_run: SurroundingRun, timer: unknown): void {
  if (timer instanceof DurableTimer) timer.clear();
}

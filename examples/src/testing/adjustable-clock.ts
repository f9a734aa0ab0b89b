import type { FermataOptions } from '@fermata/sdk';

type Clock = NonNullable<FermataOptions['clock']>;

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
  timer: NodeJS.Timeout;
}

/** The real time, until a test moves it on: what falls due by that rings at once. */
export class AdjustableClock implements Clock {
  #aheadMs = 0;
  readonly #alarms = new Set<Alarm>();

  now = (): number => Date.now() + this.#aheadMs;

  after(delayMs: number, ring: () => void): () => void {
    const at = this.now() + delayMs;
    const alarm: Alarm = { at, ring, timer: this.#arm(at, () => this.#ring(alarm)) };
    this.#alarms.add(alarm);
    return () => this.#forget(alarm);
  }

  /** @param ms by how much */
  moveOn(ms: number): void {
    this.#aheadMs += ms;
    for (const alarm of this.#alarms) {
      clearTimeout(alarm.timer);
      alarm.timer = this.#arm(alarm.at, () => this.#ring(alarm));
    }
  }

  #arm(at: number, ring: () => void): NodeJS.Timeout {
    // Node's timers take no more than 2³¹ − 1 ms, which no test waits for.
    return setTimeout(ring, Math.min(Math.max(at - this.now(), 0), 2 ** 31 - 1));
  }

  #ring(alarm: Alarm): void {
    this.#forget(alarm);
    alarm.ring();
  }

  #forget(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    this.#alarms.delete(alarm);
  }
}

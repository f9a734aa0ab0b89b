import type { Clock } from '@fermata/engine';
import type { EpochMs, Millis } from '@fermata/kernel';

interface Alarm {
  readonly at: EpochMs;
  /** Alarms of one time ring in the order in which they were set. */
  readonly order: number;
  readonly ring: () => void;
}

/** Time that stands still until it is told to go on. Several may run in one process. */
export class VirtualClock implements Clock {
  #now: EpochMs;
  #orderNext = 0;
  readonly #alarms: Alarm[] = [];

  constructor(start: EpochMs = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now = (): EpochMs => this.#now;

  after(delay: Millis, ring: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, Math.ceil(delay)), order: this.#orderNext++, ring };
    const index = this.#alarms.findIndex((other) => isBefore(alarm, other));
    this.#alarms.splice(index < 0 ? this.#alarms.length : index, 0, alarm);
    return () => {
      const place = this.#alarms.indexOf(alarm);
      if (place >= 0) this.#alarms.splice(place, 1);
    };
  }

  /** When the next alarm rings; nothing when none is set. */
  get nextAt(): EpochMs | undefined {
    return this.#alarms[0]?.at;
  }

  /**
   * Goes on to a time and rings all that is due by then, in due order, each once: what is set meanwhile waits for the
   * next call, so that a long way costs no more than a short one.
   * @param time nothing moves when it is past already; what is due rings all the same
   */
  advanceTo(time: EpochMs): void {
    this.#now = Math.max(this.#now, time);
    const orderEnd = this.#orderNext;
    const isDue = ({ at, order }: Alarm): boolean => at <= this.#now && order < orderEnd;
    for (let due = this.#alarms.find(isDue); due; due = this.#alarms.find(isDue)) {
      this.#alarms.splice(this.#alarms.indexOf(due), 1);
      due.ring();
    }
  }

  /** Goes on to the next alarm and rings it. False when none is set. */
  ringNext(): boolean {
    const alarm = this.#alarms.shift();
    if (!alarm) return false;
    this.#now = Math.max(this.#now, alarm.at);
    alarm.ring();
    return true;
  }
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

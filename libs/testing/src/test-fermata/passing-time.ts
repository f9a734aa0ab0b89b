import { setImmediate as nextRound, setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '@fermata/engine';
import type { EpochMs, Millis } from '@fermata/kernel';
import type { VirtualClock } from '../virtual-clock.js';

/** Something that somebody waits for, and that time passes for. */
interface Goal {
  /** As far as time goes for it. Default: as far as there is something to wake up for. */
  readonly until?: EpochMs;
  /** Time has come to `until`, and all that was due has happened. Where absent, the goal ends by itself. */
  readonly reached?: () => void;
  /** Nothing will happen any more, however much time passes. */
  readonly exhausted: () => void;
  readonly failed: (error: unknown) => void;
}

export interface WorkOptions {
  /** When the work gives up by itself. */
  readonly until?: EpochMs;
  /** What the caller is told when nothing will ever end the work. */
  readonly stalled: () => Promise<Error>;
}

/** After so many rounds of the event loop in a row a running step is taken to wait for something real. */
const roundsBeforePause = 50;

/**
 * Lets virtual time pass while somebody waits for something: whenever all has happened that can happen without it, time
 * jumps to when a run next wants to be woken.
 */
export class PassingTime {
  readonly #goals = new Set<Goal>();
  #isPassing = false;

  constructor(
    private readonly clock: VirtualClock,
    private readonly engine: Engine,
  ) {}

  /** Lets time pass, as far as it takes, until the work has ended. */
  during<T>(work: Promise<T>, { stalled, ...rest }: WorkOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const goal: Goal = {
        ...rest,
        exhausted: () => {
          stalled().then(reject, reject);
        },
        failed: reject,
      };
      this.#pursue(goal);
      const end = (): boolean => this.#goals.delete(goal);
      work.then(resolve, reject).then(end, end);
    });
  }

  /** Resolves when so much time has passed and all that became due by then has happened. Passes while steps run, too. */
  skip(ms: Millis): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pursue({ until: this.clock.now() + ms, reached: resolve, exhausted: resolve, failed: reject });
    });
  }

  /** Resolves when nothing happens any more, however much time passes. */
  idle(): Promise<void> {
    return new Promise((resolve, reject) => this.#pursue({ exhausted: resolve, failed: reject }));
  }

  #pursue(goal: Goal): void {
    this.#goals.add(goal);
    if (!this.#isPassing) void this.#pass();
  }

  async #pass(): Promise<void> {
    this.#isPassing = true;
    try {
      await this.#rest();
      while (this.#goals.size > 0) {
        await this.#goOn();
        await this.#rest();
      }
    } catch (error) {
      this.#end(this.#goals, ({ failed }) => failed(error));
    }
    this.#isPassing = false;
  }

  /** All that can happen without time happens. Steps are real work: time stands still for them, unless it is skipped. */
  async #rest(): Promise<void> {
    const isSkipped = (): boolean => [...this.#goals].some(({ reached }) => reached);
    for (let round = 1; ; round++) {
      await (round % roundsBeforePause === 0 ? pause(1) : nextRound());
      if (!this.engine.isRunning) throw new Error('The engine was closed while somebody waited for a run.');
      if (!this.engine.isBusy && (this.engine.stepsRunning === 0 || isSkipped())) return;
    }
  }

  async #goOn(): Promise<void> {
    const { clock } = this;
    const now = clock.now();
    if ((clock.nextAt ?? Infinity) <= now) {
      clock.advanceTo(now);
      return;
    }
    const isReached = ({ until, reached }: Goal): boolean => reached !== undefined && (until ?? 0) <= now;
    this.#end([...this.#goals].filter(isReached), ({ reached }) => reached?.());
    if (this.#goals.size === 0) return;
    const next = await this.#nextAt(now);
    if (next < Infinity) clock.advanceTo(next);
    else this.#end(this.#goals, ({ exhausted }) => exhausted());
  }

  async #nextAt(now: EpochMs): Promise<EpochMs> {
    const wakeUp = (await this.engine.nextWakeUpAt()) ?? Infinity;
    // The time limits of a running step are alarms of the clock alone.
    const alarm = this.engine.stepsRunning > 0 ? (this.clock.nextAt ?? Infinity) : Infinity;
    const ends = [...this.#goals].map(({ until = Infinity }) => (until > now ? until : Infinity));
    return Math.min(wakeUp, alarm, ...ends);
  }

  #end(goals: Iterable<Goal>, tell: (goal: Goal) => void): void {
    for (const goal of [...goals]) {
      this.#goals.delete(goal);
      tell(goal);
    }
  }
}

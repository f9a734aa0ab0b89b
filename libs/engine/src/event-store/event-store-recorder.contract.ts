import type { Position, StoredEvent, Subscriber } from './event-store.js';

/** A subscriber that keeps what it was told, and can be slow or broken. */
export class Recorder implements Subscriber {
  readonly events: StoredEvent[] = [];
  /** How many events had come at each call of `onCaughtUp`. */
  readonly caughtUpAt: number[] = [];
  readonly dropped: unknown[] = [];
  callsUnderWayMax = 0;
  #callsUnderWay = 0;
  #held: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #watchers: (() => void)[] = [];

  constructor(readonly after: Position) {}

  async onEvents(events: readonly StoredEvent[]): Promise<void> {
    this.#callsUnderWay += 1;
    this.callsUnderWayMax = Math.max(this.callsUnderWayMax, this.#callsUnderWay);
    this.events.push(...events);
    this.#changed();
    await this.#held;
    this.#callsUnderWay -= 1;
    if (this.#failure !== undefined) throw this.#failure;
  }

  onCaughtUp(): void {
    this.caughtUpAt.push(this.events.length);
    this.#changed();
  }

  onDropped(error: unknown): void {
    this.dropped.push(error);
    this.#changed();
  }

  /** Calls of `onEvents` don't end until the answer is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** Calls of `onEvents` reject with this. */
  failWith(failure: Error): void {
    this.#failure = failure;
  }

  /** Resolves when what was recorded is so. */
  async until(isSo: (recorded: this) => boolean): Promise<void> {
    while (!isSo(this)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  #changed(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}

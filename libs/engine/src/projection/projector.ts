import { FermataError, type Millis } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { EventStore, Position } from '../event-store/event-store.js';
import type { ReadModel } from '../read-model/read-model.js';
import { EventFeed } from './event-feed.js';
import { Nap } from './nap.js';
import { PositionWaiters } from './position-waiters.js';

/** How long events are gathered when nobody waits for them: fewer, larger batches cost less for each event. */
export const applyEveryMs = 20;
/** Most events applied in one transaction. Bounds how long the event loop stands still (docs/decisions/0003). */
export const batchEventsMax = 1_000;
/** Most events buffered before the store is asked to hold back. */
const bufferEventsMax = 4 * batchEventsMax;
const retryMsMin = 100;
const retryMsMax = 10_000;

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly clock: Clock;
  /** Told of every failure, after which the projector tries again from the checkpoint: it never gives up, nor skips. */
  onFailure(error: unknown, retryInMs: Millis): void;
}

/** Feeds a read model from the log, from the moment it is made until it is closed. */
export class Projector implements AsyncDisposable {
  readonly #options: ProjectorOptions;
  readonly #waiters: PositionWaiters;
  readonly #nap: Nap;
  readonly #running: Promise<void>;
  #position: Position = 0;
  #feed: EventFeed | undefined;
  #isClosed = false;
  /** Those who asked for a rebuild that hasn't begun: told when the tables are empty, or that they won't be. */
  #rebuilds: { readonly begun: () => void; readonly failed: (error: unknown) => void }[] = [];
  #retryMs = retryMsMin;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#waiters = new PositionWaiters(options.clock);
    this.#nap = new Nap(options.clock);
    this.#running = this.#run();
  }

  /** Everything up to here is in the read model. */
  get position(): Position {
    return this.#position;
  }

  /** How far the read model is behind the log, as a difference of positions. */
  async lag(): Promise<number> {
    return Math.max(0, (await this.#options.store.head()) - this.#position);
  }

  /**
   * Resolves when the read model has reached a position; while somebody waits, events are applied as they come.
   * @param timeoutMs `Infinity`: as long as it takes
   * @throws FermataError `READ_MODEL_LAGS` after `timeoutMs`; `ENGINE_STOPPED` on close; `OVERLOADED`: too many wait
   */
  async waitFor(position: Position, timeoutMs: Millis): Promise<void> {
    if (this.#isClosed) throw stopped();
    const reached = this.#waiters.wait(position, timeoutMs, () => this.#position);
    if (!this.#waiters.isEmpty && this.#feed && this.#feed.size > 0) this.#nap.wake();
    await reached;
  }

  /**
   * Empties the read model and fills it from the log again, while the engine runs: until then reads see what is there
   * so far. Resolves when what was in the log at the time of the call is there again.
   * @throws FermataError `ENGINE_STOPPED` on close
   */
  async rebuild(): Promise<void> {
    const head = await this.#options.store.head();
    if (this.#isClosed) throw stopped();
    const begun = new Promise<void>((resolve, reject) => this.#rebuilds.push({ begun: resolve, failed: reject }));
    this.#interrupt();
    await begun;
    await this.#waiters.wait(head, Infinity, () => this.#position);
  }

  /** Ends after the batch that is being applied. What isn't applied yet is read from the log the next time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#interrupt();
    await this.#running;
    this.#waiters.rejectAll(stopped());
    for (const { failed } of this.#rebuilds.splice(0)) failed(stopped());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#follow();
      } catch (error) {
        await this.#backOff(error);
      }
    }
  }

  /** Follows the log from the checkpoint until interrupted. */
  async #follow(): Promise<void> {
    const { store, readModel } = this.#options;
    await this.#resetIfWanted();
    this.#moveTo(await readModel.checkpoint());
    const feed = new EventFeed(store, this.#position, bufferEventsMax);
    this.#feed = feed;
    try {
      while (!this.#isInterrupted && (await feed.next()) === 'events') {
        await this.#gather(feed);
        await this.#applyNext(feed);
      }
    } finally {
      this.#feed = undefined;
      await feed.close();
    }
  }

  async #resetIfWanted(): Promise<void> {
    if (this.#rebuilds.length === 0) return;
    await this.#options.readModel.reset();
    this.#moveTo(0);
    for (const { begun } of this.#rebuilds.splice(0)) begun();
  }

  async #gather(feed: EventFeed): Promise<void> {
    if (this.#waiters.isEmpty && feed.size < batchEventsMax) await this.#nap.sleep(applyEveryMs);
  }

  async #applyNext(feed: EventFeed): Promise<void> {
    const events = feed.take(batchEventsMax);
    const last = events.at(-1);
    if (!last) return;
    await this.#options.readModel.apply(events, this.#position);
    this.#retryMs = retryMsMin;
    this.#moveTo(last.position);
    // More is there already: let the event loop have its turn first.
    if (feed.size > 0) await this.#nap.sleep(0);
  }

  #moveTo(position: Position): void {
    this.#position = position;
    this.#waiters.reached(position);
  }

  async #backOff(error: unknown): Promise<void> {
    if (this.#isClosed) return;
    this.#options.onFailure(error, this.#retryMs);
    await this.#nap.sleep(this.#retryMs);
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
  }

  get #isInterrupted(): boolean {
    return this.#isClosed || this.#rebuilds.length > 0;
  }

  #interrupt(): void {
    this.#feed?.stop();
    this.#nap.wake();
  }
}

function stopped(): FermataError {
  return new FermataError('ENGINE_STOPPED', {
    message: 'The projector has been closed.',
    fix: 'Ask a node that runs.',
  });
}

import {
  storeUnavailable,
  type Appended,
  type Clock,
  type EventStore,
  type ExpectedRevision,
  type NewCommit,
  type Position,
  type ReadLogOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type StreamId,
  type Subscriber,
  type Subscription,
} from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import type { Dice } from './dice.js';
import { appendMsMax, appendSlowMsMax, type Faults } from './faults.js';
import type { Lifeline } from './lifeline.js';

export interface FaultyStoreParts {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly lifeline: Lifeline;
}

/** The log as one simulated process reaches it: over a line that is slow, refuses, and loses answers. */
export class FaultyEventStore implements EventStore {
  constructor(private readonly parts: FaultyStoreParts) {}

  append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    return this.parts.lifeline.pass(this.#append(stream, commit, expected));
  }

  async readStream(stream: StreamId, options?: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    await this.#wait(this.parts.dice.between(0, appendMsMax));
    return this.parts.lifeline.pass(this.parts.store.readStream(stream, options));
  }

  readLog(options: ReadLogOptions): Promise<readonly StoredEvent[]> {
    return this.parts.lifeline.pass(this.parts.store.readLog(options));
  }

  head(): Promise<Position> {
    return this.parts.lifeline.pass(this.parts.store.head());
  }

  subscribe(subscriber: Subscriber): Subscription {
    const { lifeline } = this.parts;
    return this.parts.store.subscribe({
      after: subscriber.after,
      onEvents: (events) => (lifeline.isCut ? undefined : subscriber.onEvents(events)),
      onDropped: (error) => (lifeline.isCut ? undefined : subscriber.onDropped(error)),
      ...(subscriber.onCaughtUp && { onCaughtUp: () => (lifeline.isCut ? undefined : subscriber.onCaughtUp?.()) }),
    });
  }

  truncate(stream: StreamId, before: number): Promise<void> {
    return this.parts.lifeline.pass(this.parts.store.truncate(stream, before));
  }

  async close(): Promise<void> {
    // The log outlives the processes that use it.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    const { dice, faults, store } = this.parts;
    const isSlow = dice.happens(faults.appendSlow);
    const [isRefused, isLost] = [dice.happens(faults.appendRefused), dice.happens(faults.answerLost)];
    const msThere = dice.between(0, isSlow ? appendSlowMsMax : appendMsMax);
    const msBack = dice.between(0, appendMsMax);
    await this.#wait(msThere);
    if (isRefused) throw storeUnavailable('a fault of the simulation refused an append');
    const appended = await store.append(stream, commit, expected);
    await this.#wait(msBack);
    if (isLost) throw storeUnavailable('a fault of the simulation lost an answer');
    return appended;
  }

  /** What is on its way to the store arrives even if the sender has died. */
  #wait(ms: Millis): Promise<void> {
    return new Promise((resolve) => void this.parts.clock.after(ms, resolve));
  }
}

import type { EventStoreDBClient } from '@eventstore/db-client';
import {
  storeUnavailable,
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewCommit,
  type Position,
  type ReadLogOptions,
  type ReadStreamOptions,
  type Revision,
  type StoredEvent,
  type StreamId,
  type Subscriber,
  type Subscription,
} from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import { Appender } from './appender.js';
import { connect, unreachable } from './connection.js';
import { searchExtent, type Extent } from './extent.js';
import { defaultLimits, type EventStoreDbLimits } from './limits.js';
import { logNameOf, type LogName } from './log-name.js';
import { LogReader } from './log-reader.js';
import { LogSubscription } from './log-subscription.js';
import type { Reading } from './reading.js';
import { openNamespace } from './self-test.js';
import { isUnanswered, notStorable } from './store-errors.js';
import { readStream } from './stream-reader.js';
import { truncate } from './truncation.js';
import { Turnstile } from './turnstile.js';

export interface EventStoreDbEventStoreOptions extends Partial<EventStoreDbLimits> {
  /** `esdb://host:2113`, `esdb+discover://host:2113`, or the same with `kurrentdb`. */
  readonly connectionString: string;
  /** The store is the log of this namespace's executions; the server may hold those of others, too. */
  readonly namespace: string;
}

/**
 * Connects to EventStoreDB (23.10 and newer, KurrentDB included) and makes sure that it can be used.
 * @throws FermataError `CONFIGURATION_INVALID`: the connection string isn't valid
 * @throws FermataError `STORE_UNAVAILABLE`: no server answers there, or it refuses what the store needs
 * @throws FermataError `STORE_NOT_RECOGNISED`: too old a server, or a log of a newer release
 */
export async function openEventStoreDbEventStore(options: EventStoreDbEventStoreOptions): Promise<EventStore> {
  const { connectionString, namespace, ...limits } = options;
  const all = { ...defaultLimits, ...limits };
  const log = logNameOf(namespace);
  const client = connect(connectionString);
  try {
    const opened = await openOn(client, log, all).catch((error: unknown) => {
      throw isUnanswered(error) ? unreachable(connectionString, error) : error;
    });
    const extent = await searchExtent(readingOf(client, all.searchMsMax), log, opened);
    return new EventStoreDbEventStore(client, log, all, extent);
  } catch (error) {
    await client.dispose();
    throw error;
  }
}

function openOn(
  client: EventStoreDBClient,
  log: LogName,
  limits: EventStoreDbLimits,
): ReturnType<typeof openNamespace> {
  const msMax = limits.connectMsMax;
  const appender = new Appender({ client, limits: { ...limits, answerMsMax: msMax } });
  return openNamespace({ appender, reading: readingOf(client, msMax) }, log);
}

function readingOf(client: EventStoreDBClient, msMax: Millis): Reading {
  return { client, turnstile: new Turnstile(1), msMax };
}

class EventStoreDbEventStore implements EventStore {
  readonly #client: EventStoreDBClient;
  readonly #log: LogName;
  readonly #limits: EventStoreDbLimits;
  readonly #appender: Appender;
  readonly #reading: Reading;
  readonly #reader: LogReader;
  readonly #subscriptions = new Set<LogSubscription>();
  #closing: Promise<void> | undefined;

  constructor(client: EventStoreDBClient, log: LogName, limits: EventStoreDbLimits, extent: Extent) {
    this.#client = client;
    this.#log = log;
    this.#limits = limits;
    this.#appender = new Appender({ client, limits });
    this.#reading = { client, turnstile: new Turnstile(limits.readsInFlightMax), msMax: limits.answerMsMax };
    this.#reader = new LogReader(this.#reading, log, extent, limits.readEventsMax);
  }

  async append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    this.#checkOpen();
    if (!this.#log.includes(stream)) throw notStorable(`${stream} is no stream of namespace ${this.#log.namespace}`);
    return this.#appender.append(stream, commit, expected);
  }

  async readStream(stream: StreamId, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    this.#checkOpen();
    return readStream(this.#reading, stream, options, this.#limits.readEventsMax);
  }

  async readLog(options: ReadLogOptions): Promise<readonly StoredEvent[]> {
    this.#checkOpen();
    return this.#reader.readLog(options);
  }

  async head(): Promise<Position> {
    this.#checkOpen();
    return this.#reader.head();
  }

  subscribe(subscriber: Subscriber): Subscription {
    const subscription = new LogSubscription({
      subscriber,
      reader: this.#reader,
      eventsMax: this.#limits.subscriberEventsMax,
      idleMs: this.#limits.idleMs,
      onEnd: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async truncate(stream: StreamId, before: Revision): Promise<void> {
    this.#checkOpen();
    const parts = { appender: this.#appender, reading: this.#reading };
    return this.#appender.inTurn(stream, () => truncate(parts, stream, before));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#appender.drain();
    for (const subscription of this.#subscriptions) subscription.drop(closed());
    await this.#client.dispose();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closed();
  }
}

function closed(): Error {
  return storeUnavailable('it was closed');
}

import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { eventIdOf, type Appended, type EventStore } from '@fermata/engine';
import { eventStoreDbUrl, type BenchStore } from '../engine/bench-store.js';

/** Appends with nothing round the store: what the adapter and the engine are held against. */
export type RawAppender = Pick<EventStore, 'append'> & AsyncDisposable;

/** @param store opened before, which makes the namespace */
export function rawAppenderOn({ kind }: BenchStore, store: EventStore): RawAppender {
  return kind === 'eventstoredb' ? openRawClient() : store;
}

/** The plain client of EventStoreDB, one connection, writing what the adapter writes. */
function openRawClient(): RawAppender {
  const client = EventStoreDBClient.connectionString(eventStoreDbUrl());
  return {
    async append(stream, { id, timestamp, events, metadata }, expected): Promise<Appended> {
      const written = events.map(({ type, version, data }, index) =>
        jsonEvent({ id: eventIdOf(id, index), type, data, metadata: { version, timestamp, ...metadata } }),
      );
      const expectedRevision = expected === 'no-stream' ? 'no_stream' : BigInt(expected);
      const result = await client.appendToStream(stream, written, { expectedRevision });
      return { revision: Number(result.nextExpectedRevision), position: Number(result.position?.commit) };
    },
    [Symbol.asyncDispose]: () => client.dispose(),
  };
}

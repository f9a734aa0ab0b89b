import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { toCommitId, type EventStore, type NewCommit, type StoredEvent } from '@fermata/engine';
import { openEventStoreDbEventStore } from './eventstoredb-event-store.js';
import { UnreliableLine } from './unreliable-line.contract.js';

const server = process.env['FERMATA_EVENTSTOREDB_URL'] ?? '';

describe('EventStoreDB on an unreliable line', () => {
  let line: UnreliableLine;
  let store: EventStore;
  let namespace: string;
  let stream: string;

  beforeEach(async () => {
    line = await UnreliableLine.to(server);
    namespace = `faults-${randomUUID()}`;
    stream = `${namespace}.00-order`;
    store = await openEventStoreDbEventStore({
      connectionString: line.connectionString,
      namespace,
      answerMsMax: 3_000,
      idleMs: 300,
    });
  });
  afterEach(async () => {
    await store.close();
    await line[Symbol.asyncDispose]();
  });

  const aCommit = (): NewCommit => ({
    id: toCommitId(randomUUID()),
    timestamp: Date.now(),
    events: [{ type: 'SomethingSaid', version: 1, data: {} }],
  });
  const revisionsOf = (events: readonly StoredEvent[]): readonly number[] => events.map(({ revision }) => revision);

  it('stores an append once whose answer was lost', async () => {
    const commit = aCommit();
    line.cutAtNextAnswer();
    const appended = await store.append(stream, commit, 'no-stream');
    const [stored, ...others] = await store.readStream(stream);
    expect(others).toEqual([]);
    expect(stored).toMatchObject({ id: commit.id, revision: 0, position: appended.position });
  });

  it('appends and reads on while the line is cut again and again', async () => {
    const cutting = setInterval(() => line.cut(), 150);
    try {
      const streams = Array.from({ length: 20 }, (_, index) => `${namespace}.00-order-${index}`);
      await Promise.all(
        streams.map(async (each) => {
          for (let at = -1; at < 19; at++) {
            expect(await store.append(each, aCommit(), at < 0 ? 'no-stream' : at)).toMatchObject({ revision: at + 1 });
          }
        }),
      );
      for (const each of streams) expect(await store.readStream(each)).toHaveLength(20);
    } finally {
      clearInterval(cutting);
    }
  }, 30_000);

  it('delivers everything once and in order over cuts, without a word to the subscriber', async () => {
    const seen: StoredEvent[] = [];
    const dropped: unknown[] = [];
    const subscription = store.subscribe({
      after: 0,
      onEvents: (events) => void seen.push(...events),
      onDropped: (error) => dropped.push(error),
    });
    for (let at = -1; at < 99; at++) {
      await store.append(stream, aCommit(), at < 0 ? 'no-stream' : at);
      if (at % 20 === 10) line.cut();
    }
    await until(() => seen.length >= 100);
    expect(revisionsOf(seen)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(dropped).toEqual([]);
    await subscription.close();
  }, 30_000);

  it('keeps a subscription through a silence that outlasts all deadlines', async () => {
    const seen: StoredEvent[] = [];
    const dropped: unknown[] = [];
    const subscription = store.subscribe({
      after: 0,
      onEvents: (events) => void seen.push(...events),
      onDropped: (error) => dropped.push(error),
    });
    await store.append(stream, aCommit(), 'no-stream');
    await until(() => seen.length === 1);
    line.silence();
    await using elsewhere = await openEventStoreDbEventStore({ connectionString: server, namespace });
    await elsewhere.append(stream, aCommit(), 0);
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    line.cut();
    await until(() => seen.length === 2);
    expect(revisionsOf(seen)).toEqual([0, 1]);
    expect(dropped).toEqual([]);
    await subscription.close();
  }, 20_000);

  it('says after its own deadline that the outcome is unknown, and the same append finds out', async () => {
    const commit = aCommit();
    await store.append(stream, commit, 'no-stream');
    line.silence();
    const next = aCommit();
    await expect(store.append(stream, next, 0)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.readStream(stream)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    line.cut();
    expect(await store.append(stream, next, 0)).toMatchObject({ revision: 1 });
    expect(revisionsOf(await store.readStream(stream))).toEqual([0, 1]);
  }, 20_000);
});

describe('Opening EventStoreDB', () => {
  it('says where no server answers, and what to look at', async () => {
    const opening = openEventStoreDbEventStore({
      connectionString: 'esdb://ada:sesame@127.0.0.1:9?tls=false',
      namespace: 'default',
      connectMsMax: 500,
    });
    await expect(opening).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/answers at 127\.0\.0\.1:9 .*ECONNREFUSED.*tls=false/),
    });
  });

  it("refuses a stream of another namespace, and doesn't see it", async () => {
    const connectionString = server;
    const one = `one-${randomUUID()}`;
    await using store = await openEventStoreDbEventStore({ connectionString, namespace: one });
    await using other = await openEventStoreDbEventStore({ connectionString, namespace: `two-${randomUUID()}` });
    const commit: NewCommit = {
      id: toCommitId(randomUUID()),
      timestamp: 0,
      events: [{ type: 'SomethingSaid', version: 1, data: {} }],
    };
    await expect(other.append(`${one}.00-order`, commit, 'no-stream')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    const { position } = await store.append(`${one}.00-order`, commit, 'no-stream');
    expect(await store.head()).toBe(position);
    expect(await other.head()).toBe(0);
    expect(await other.readLog({ after: 0, limit: 10 })).toEqual([]);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

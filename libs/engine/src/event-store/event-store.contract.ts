import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { aCommit, aStream, settled } from './event-store-builders.contract.js';
import { checkAgainstModel, operations } from './event-store-model.contract.js';
import { Recorder } from './event-store-recorder.contract.js';
import type { EventStore, Position, StreamId } from './event-store.js';

/** The limits of an adapter that the suite sets low, to reach them. */
export interface EventStoreLimits {
  readonly appendBytesMax: number;
  readonly appendsWaitingMax: number;
  readonly readEventsMax: number;
}

/** Opens a store for one test. It may hold what other tests wrote. */
export type OpenEventStore = (limits?: Partial<EventStoreLimits>) => Promise<EventStore>;

/** What every adapter of the port promises. Uses jest, so it has an entry of its own: `@fermata/engine/event-store.contract`. */
export function describeEventStore(name: string, open: OpenEventStore): void {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    let order: StreamId;
    let start: Position;

    beforeEach(async () => {
      store = await open();
      order = aStream();
      start = await store.head();
    });
    afterEach(() => store.close());

    const revisions = async (stream = order) => (await store.readStream(stream)).map(({ revision }) => revision);

    /** Commits of so many events each, one after another. */
    async function appendCommits(...sizes: readonly number[]): Promise<Position[]> {
      const positions: Position[] = [];
      let at = (await store.readStream(order, { direction: 'backwards', limit: 1 }))[0]?.revision;
      for (const size of sizes) {
        const appended = await store.append(order, aCommit({ size }), at ?? 'no-stream');
        at = appended.revision;
        positions.push(appended.position);
      }
      return positions;
    }

    describe('append', () => {
      it('answers with the revision and the position of the last event written', async () => {
        const first = await store.append(order, aCommit({ size: 3 }), 'no-stream');
        const second = await store.append(order, aCommit({ size: 2 }), 2);
        expect([first.revision, second.revision]).toEqual([2, 4]);
        const stored = await store.readStream(order);
        expect([first.position, second.position]).toEqual([stored[2]?.position, stored[4]?.position]);
      });

      it('keeps every fact of every event', async () => {
        const data = { text: 'naïve ☕ 𝄐 "quoted"\n\u0000', nested: [{ a: null }, -1.5e-7, true, {}], empty: '' };
        const metadata = {
          node: 'n1',
          actor: 'ada',
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        };
        const commit = {
          ...aCommit({ timestamp: 1_700_000_000_123 }),
          metadata,
          events: [
            { type: 'OrderPlaced', version: 1, data },
            { type: 'OrderPriced', version: 7, data: { cents: 2 ** 53 - 1 } },
          ],
        } as const;
        const { position } = await store.append(order, commit, 'no-stream');
        const [first, second] = await store.readStream(order);
        const common = { stream: order, timestamp: 1_700_000_000_123, metadata };
        expect(first).toEqual({
          ...commit.events[0],
          ...common,
          id: commit.id,
          revision: 0,
          position: first?.position,
        });
        const secondId = `${commit.id.slice(0, -4)}0001`;
        expect(second).toEqual({ ...commit.events[1], ...common, id: secondId, revision: 1, position });
      });

      it('gives an event of a commit without metadata empty metadata', async () => {
        await store.append(order, aCommit(), 'no-stream');
        expect((await store.readStream(order))[0]?.metadata).toEqual({});
      });

      it.each([
        ['no-stream', 'no-stream', 1],
        ['an older revision', 0, 1],
        ['a revision that is still to come', 2, 1],
      ] as const)('refuses %s when the stream is elsewhere, and writes nothing', async (_what, expected, actual) => {
        await appendCommits(1, 1);
        await expect(store.append(order, aCommit(), expected)).rejects.toMatchObject({
          code: 'REVISION_CONFLICT',
          details: { stream: order, expected, actual },
        });
        expect(await revisions()).toEqual([0, 1]);
      });

      it('refuses a revision of a stream that nothing was appended to', async () => {
        await expect(store.append(order, aCommit(), 0)).rejects.toMatchObject({
          code: 'REVISION_CONFLICT',
          details: { expected: 0, actual: 'no-stream' },
        });
        expect(await store.readStream(order)).toEqual([]);
      });

      it('lets one of several appends at the same revision win', async () => {
        const commits = [aCommit(), aCommit(), aCommit()];
        const outcomes = await settled(commits.map((commit) => store.append(order, commit, 'no-stream')));
        expect(outcomes.toSorted()).toEqual(['REVISION_CONFLICT', 'REVISION_CONFLICT', 'done']);
        const [stored] = await store.readStream(order);
        expect(stored?.id).toBe(commits[outcomes.indexOf('done')]?.id);
        expect(await revisions()).toEqual([0]);
      });

      it('does not fail the neighbours of an append that is refused', async () => {
        const others = [aStream(), aStream()] as const;
        const outcomes = await settled([
          store.append(others[0], aCommit({ size: 2 }), 'no-stream'),
          store.append(order, aCommit(), 7),
          store.append(others[1], aCommit(), 'no-stream'),
        ]);
        expect(outcomes).toEqual(['done', 'REVISION_CONFLICT', 'done']);
        expect([await revisions(others[0]), await revisions(), await revisions(others[1])]).toEqual([[0, 1], [], [0]]);
      });

      it('answers a repeated append with the first answer, and stores it once', async () => {
        const commit = aCommit({ size: 2 });
        const first = await store.append(order, commit, 'no-stream');
        expect(await store.append(order, commit, 'no-stream')).toEqual(first);
        expect(await revisions()).toEqual([0, 1]);
      });

      it('recognises a repeated append after others have followed it', async () => {
        await appendCommits(2);
        const commit = aCommit({ size: 3 });
        const first = await store.append(order, commit, 1);
        await appendCommits(1, 2);
        expect(await store.append(order, commit, 1)).toEqual(first);
        expect(await revisions()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      });

      it('recognises an append that is repeated while the first is under way', async () => {
        const commit = aCommit({ size: 2 });
        const [first, second] = await Promise.all([
          store.append(order, commit, 'no-stream'),
          store.append(order, commit, 'no-stream'),
        ]);
        expect(second).toEqual(first);
        expect(await revisions()).toEqual([0, 1]);
      });

      it('stores the same commit twice when it comes with a newer revision', async () => {
        const commit = aCommit();
        await store.append(order, commit, 'no-stream');
        expect(await store.append(order, commit, 0)).toMatchObject({ revision: 1 });
        expect(await revisions()).toEqual([0, 1]);
      });

      it('does not take a commit in the middle of another for a repetition', async () => {
        const commit = aCommit({ size: 3 });
        await store.append(order, commit, 'no-stream');
        await expect(store.append(order, commit, 1)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      });

      it('refuses what could not be read back, and goes on', async () => {
        const bad = { ...aCommit(), timestamp: Number.NaN };
        const outcomes = await settled([
          store.append(order, bad, 'no-stream'),
          store.append(aStream(), aCommit(), 'no-stream'),
        ]);
        expect(outcomes).toEqual(['VALIDATION_FAILED', 'done']);
      });
    });

    describe('limits', () => {
      it('refuses an append over appendBytesMax, counted in bytes, and writes nothing', async () => {
        await using small = await open({ appendBytesMax: 2_000 });
        await expect(small.append(order, aCommit({ text: 'é'.repeat(1_000) }), 'no-stream')).rejects.toMatchObject({
          code: 'PAYLOAD_TOO_LARGE',
          details: { bytesMax: 2_000 },
        });
        expect(await small.readStream(order)).toEqual([]);
        await small.append(order, aCommit({ text: 'e'.repeat(1_000) }), 'no-stream');
        expect(await small.readStream(order)).toHaveLength(1);
      });

      it('refuses appends over appendsWaitingMax and writes nothing of them', async () => {
        await using small = await open({ appendsWaitingMax: 3 });
        const streams = Array.from({ length: 5 }, aStream);
        const outcomes = await settled(streams.map((stream) => small.append(stream, aCommit(), 'no-stream')));
        expect(outcomes).toEqual(['done', 'done', 'done', 'OVERLOADED', 'OVERLOADED']);
        const stored = await Promise.all(streams.map((stream) => small.readStream(stream)));
        expect(stored.map((events) => events.length)).toEqual([1, 1, 1, 0, 0]);
        await small.append(order, aCommit(), 'no-stream');
      });

      it('cuts a read to readEventsMax', async () => {
        await using small = await open({ readEventsMax: 4 });
        await small.append(order, aCommit({ size: 3 }), 'no-stream');
        await small.append(order, aCommit({ size: 3 }), 2);
        expect(await small.readStream(order, { limit: 1_000_000 })).toHaveLength(4);
      });
    });

    describe('readStream', () => {
      const read = async (options: Parameters<EventStore['readStream']>[1]) =>
        (await store.readStream(order, options)).map(({ revision }) => revision);

      it('is empty when there is no such stream', async () => {
        expect(await read({})).toEqual([]);
        expect(await read({ direction: 'backwards' })).toEqual([]);
      });

      it('gives the events of one stream in order', async () => {
        await appendCommits(2, 1);
        await store.append(aStream(), aCommit(), 'no-stream');
        await appendCommits(3);
        expect(await read({})).toEqual([0, 1, 2, 3, 4, 5]);
        expect(await read({ direction: 'backwards' })).toEqual([5, 4, 3, 2, 1, 0]);
      });

      it('starts and ends in the middle of a commit', async () => {
        await appendCommits(3, 3, 3);
        expect(await read({ from: 1, limit: 3 })).toEqual([1, 2, 3]);
        expect(await read({ from: 4, limit: 1 })).toEqual([4]);
        expect(await read({ from: 7, direction: 'backwards', limit: 3 })).toEqual([7, 6, 5]);
        expect(await read({ from: 4, direction: 'backwards', limit: 1 })).toEqual([4]);
      });

      it('is empty beyond the end, where backwards starts at the end', async () => {
        await appendCommits(2);
        expect(await read({ from: 2 })).toEqual([]);
        expect(await read({ from: 9, direction: 'backwards' })).toEqual([1, 0]);
      });

      it('gives 1,000 events unless told otherwise', async () => {
        await appendCommits(600, 600);
        expect(await read({})).toHaveLength(1_000);
        expect(await read({ limit: 1_200 })).toHaveLength(1_200);
        expect(await read({ limit: 0 })).toEqual([]);
      });
    });

    describe('readLog and head', () => {
      it('gives the events of all streams in the order in which they became durable', async () => {
        const other = aStream();
        await store.append(order, aCommit({ size: 2 }), 'no-stream');
        await store.append(other, aCommit(), 'no-stream');
        await store.append(order, aCommit(), 1);
        const log = await store.readLog({ after: start, limit: 100 });
        expect(log.map(({ stream, revision }) => [stream, revision])).toEqual([
          [order, 0],
          [order, 1],
          [other, 0],
          [order, 2],
        ]);
        const positions = log.map(({ position }) => position);
        expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
      });

      it('gives the same events as readStream does', async () => {
        await appendCommits(2, 3);
        expect(await store.readLog({ after: start, limit: 100 })).toEqual(await store.readStream(order));
      });

      it('starts after a position in the middle of a commit', async () => {
        await appendCommits(3, 2);
        const all = await store.readStream(order);
        const log = await store.readLog({ after: all[1]?.position ?? NaN, limit: 100 });
        expect(log).toEqual(all.slice(2));
      });

      it('ends with a whole commit, however small the limit', async () => {
        const [first = NaN] = await appendCommits(3, 3);
        expect(await store.readLog({ after: start, limit: 1 })).toHaveLength(3);
        expect(await store.readLog({ after: start, limit: 4 })).toHaveLength(6);
        expect(await store.readLog({ after: first, limit: 1 })).toHaveLength(3);
      });

      it('is empty at the head, which is the position of the last event', async () => {
        const [, last = NaN] = await appendCommits(2, 2);
        expect(await store.head()).toBe(last);
        expect(await store.readLog({ after: last, limit: 10 })).toEqual([]);
        expect(start).toBeLessThan(last);
      });
    });

    describe('subscribe', () => {
      it('delivers what is in the log and then what is appended', async () => {
        await appendCommits(2, 1);
        const seen = new Recorder(start);
        const subscription = store.subscribe(seen);
        await seen.until(({ events }) => events.length === 3);
        await appendCommits(1, 2);
        await seen.until(({ events }) => events.length === 6);
        expect(seen.events).toEqual(await store.readStream(order));
        await subscription.close();
      });

      it('starts after a position in the middle of a commit', async () => {
        await appendCommits(3);
        const all = await store.readStream(order);
        const seen = new Recorder(all[0]?.position ?? NaN);
        const subscription = store.subscribe(seen);
        await seen.until(({ events }) => events.length === 2);
        expect(seen.events).toEqual(all.slice(1));
        await subscription.close();
      });

      it('says when everything has been delivered, with an empty log, too', async () => {
        const seen = new Recorder(await store.head());
        const subscription = store.subscribe(seen);
        await seen.until(({ caughtUpAt }) => caughtUpAt.length > 0);
        expect(seen.caughtUpAt).toEqual([0]);
        await appendCommits(2);
        await seen.until(({ caughtUpAt }) => caughtUpAt.at(-1) === 2);
        await subscription.close();
      });

      it('calls again only when the promise of the call before has resolved, and loses nothing meanwhile', async () => {
        const seen = new Recorder(start);
        const release = seen.hold();
        const subscription = store.subscribe(seen);
        await appendCommits(1);
        await seen.until(({ events }) => events.length > 0);
        await appendCommits(2, 3);
        expect(seen.callsUnderWayMax).toBe(1);
        expect(seen.events).toHaveLength(1);
        release();
        await seen.until(({ events }) => events.length === 6);
        expect(seen.callsUnderWayMax).toBe(1);
        expect(seen.events).toEqual(await store.readStream(order));
        await subscription.close();
      });

      it('delivers to each subscriber, without a gap, while many append', async () => {
        const early = new Recorder(start);
        const subscriptions = [store.subscribe(early)];
        const streams = Array.from({ length: 20 }, aStream);
        const appends = streams.map(async (stream) => {
          for (let at = -1; at < 19; at++) await store.append(stream, aCommit(), at < 0 ? 'no-stream' : at);
        });
        const late = new Recorder(start);
        await early.until(({ events }) => events.length > 50);
        subscriptions.push(store.subscribe(late));
        await Promise.all(appends);
        for (const seen of [early, late]) {
          await seen.until(({ events }) => events.length === 400);
          expect(seen.events).toEqual(await store.readLog({ after: start, limit: 1_000 }));
        }
        for (const subscription of subscriptions) await subscription.close();
      });

      it('calls no more once closed, and waits for the call that is under way', async () => {
        const seen = new Recorder(start);
        const release = seen.hold();
        const subscription = store.subscribe(seen);
        await appendCommits(1);
        await seen.until(({ events }) => events.length === 1);
        const closed = subscription.close();
        await appendCommits(1);
        release();
        await closed;
        await appendCommits(1);
        expect(seen.events).toHaveLength(1);
        expect(seen.dropped).toEqual([]);
      });

      it('ends for good when the subscriber fails, and tells it so', async () => {
        const seen = new Recorder(start);
        const failure = new Error('the projector broke');
        seen.failWith(failure);
        const subscription = store.subscribe(seen);
        await appendCommits(1);
        await seen.until(({ dropped }) => dropped.length > 0);
        await appendCommits(1);
        await subscription.close();
        expect(seen.events).toHaveLength(1);
        expect(seen.dropped).toEqual([failure]);
      });

      it('ends when the store is closed', async () => {
        const seen = new Recorder(await store.head());
        store.subscribe(seen);
        await seen.until(({ caughtUpAt }) => caughtUpAt.length > 0);
        await store.close();
        await seen.until(({ dropped }) => dropped.length > 0);
        expect(seen.dropped).toMatchObject([{ code: 'STORE_UNAVAILABLE' }]);
      });
    });

    describe('truncate', () => {
      it("forgets a stream's events before a revision, in the middle of a commit, too", async () => {
        await appendCommits(2, 3, 2);
        const all = await store.readStream(order);
        await store.truncate(order, 3);
        expect(await store.readStream(order)).toEqual(all.slice(3));
        expect(await store.readStream(order, { from: 0, limit: 2 })).toEqual(all.slice(3, 5));
        expect(await store.readStream(order, { direction: 'backwards' })).toEqual(all.slice(3).reverse());
        await store.truncate(order, 4);
        expect(await store.readStream(order)).toEqual(all.slice(4));
      });

      it('lets revisions and positions go on from where they were', async () => {
        const [, last = NaN] = await appendCommits(2, 2);
        await store.truncate(order, 4);
        expect(await store.readStream(order)).toEqual([]);
        expect(await store.head()).toBeGreaterThanOrEqual(last);
        const appended = await store.append(order, aCommit(), 3);
        expect(appended.revision).toBe(4);
        expect(appended.position).toBeGreaterThan(last);
        expect(await revisions()).toEqual([4]);
      });

      it('leaves a stream that something was appended to: no-stream is refused', async () => {
        await appendCommits(2);
        await store.truncate(order, 2);
        await expect(store.append(order, aCommit(), 'no-stream')).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      });

      it('never forgets less than before, and leaves other streams alone', async () => {
        const other = aStream();
        await store.append(other, aCommit({ size: 3 }), 'no-stream');
        await appendCommits(1, 1, 1);
        await store.truncate(order, 2);
        await store.truncate(order, 1);
        expect(await revisions()).toEqual([2]);
        expect(await revisions(other)).toEqual([0, 1, 2]);
      });

      it('does nothing to a stream that is not there', async () => {
        await store.truncate(order, 5);
        expect(await store.append(order, aCommit(), 'no-stream')).toMatchObject({ revision: 0 });
      });
    });

    describe('close', () => {
      it('ends after what was accepted is durable', async () => {
        const streams = Array.from({ length: 50 }, aStream);
        const appends = streams.map((stream) => store.append(stream, aCommit(), 'no-stream'));
        await store.close();
        expect(await settled(appends)).toEqual(streams.map(() => 'done'));
      });

      it('refuses everything after it, and may be called again', async () => {
        await store.close();
        await store.close();
        const calls = [
          store.append(order, aCommit(), 'no-stream'),
          store.truncate(order, 1),
          store.readStream(order),
          store.readLog({ after: 0, limit: 1 }),
          store.head(),
        ];
        expect(await settled(calls)).toEqual(calls.map(() => 'STORE_UNAVAILABLE'));
      });
    });

    it('does what a plain model does, whatever the order of calls', async () => {
      await fc.assert(
        fc.asyncProperty(operations, async (list) => {
          await using fresh = await open();
          await checkAgainstModel(fresh, list, randomUUID());
        }),
        { numRuns: 60 },
      );
    }, 30_000);
  });
}

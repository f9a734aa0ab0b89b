import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openInMemoryEventStore, type InMemoryEventStore } from '@fermata/testing';
import type { NewEvent, StoredEvent } from '../event-store/event-store.js';
import { EventFeed } from './event-feed.js';

const said: NewEvent = { type: 'SomethingSaid', version: 1, data: {} };

describe('EventFeed', () => {
  let store: InMemoryEventStore;
  let feed: EventFeed;

  beforeEach(() => {
    store = openInMemoryEventStore();
    feed = new EventFeed(store, 0, 3);
  });
  afterEach(async () => {
    await feed.close();
    await store.close();
  });

  /** Appends so many events one by one, and lets the store deliver what it may. */
  async function append(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const stream = `default.00-${store.durableEvents().length}`;
      const id = `00000000-0000-4000-8000-${String(store.durableEvents().length).padStart(8, '0')}0000`;
      await store.append(stream, { id, timestamp: 0, events: [said] }, 'no-stream');
    }
    await new Promise((resolve) => void setImmediate(resolve));
  }

  const positions = (events: readonly StoredEvent[]): number[] => events.map(({ position }) => position);

  it('gives events in order, at most as many as asked for', async () => {
    await append(3);
    expect(await feed.next()).toBe('events');
    expect(positions(feed.take(2))).toEqual([1, 2]);
    expect(positions(feed.take(2))).toEqual([3]);
    expect(feed.take(2)).toEqual([]);
  });

  it('waits for events', async () => {
    const next = feed.next();
    await append(1);
    expect(await next).toBe('events');
  });

  it('holds the store back while it is full', async () => {
    await append(3);
    await append(4);
    expect(feed.size).toBe(3);
    expect(positions(feed.take(10))).toEqual([1, 2, 3]);
    await append(0);
    expect(positions(feed.take(10))).toEqual([4, 5, 6, 7]);
  });

  it('is stopped for good, also while somebody waits and while the store is held back', async () => {
    const next = feed.next();
    feed.stop();
    expect(await next).toBe('stopped');
    await append(1);
    expect(await feed.next()).toBe('stopped');
    feed = new EventFeed(store, 0, 1);
    await append(2);
    await feed.close();
    expect(feed.size).toBe(0);
  });

  it('fails with the reason for which the store dropped it', async () => {
    const next = feed.next();
    await store.close();
    await expect(next).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { describeEventStore } from '@fermata/engine/event-store.contract';
import { openInMemoryEventStore } from './in-memory-event-store.js';

describeEventStore('In-memory', async (limits) => openInMemoryEventStore(limits));

describe('The in-memory event store, for simulations', () => {
  const commit = {
    id: '018f3c6e-7a1b-7c00-8000-000000000000',
    timestamp: 0,
    events: [{ type: 'SomethingSaid', version: 1, data: { list: [1] } }],
  } as const;

  it('shows what is durable at this moment, and answers without the event loop', async () => {
    const store = openInMemoryEventStore();
    const append = store.append('default.00-a', commit, 'no-stream');
    expect(store.durableEvents()).toEqual([]);
    await Promise.resolve();
    expect(store.durableEvents()).toHaveLength(1);
    expect(store.durableEvents('default.00-a')).toEqual(store.durableEvents());
    expect(store.durableEvents('default.00-b')).toEqual([]);
    expect(await append).toEqual({ revision: 0, position: 1 });
  });

  it('keeps a copy that nobody can change', async () => {
    const store = openInMemoryEventStore();
    const data = { list: [1] };
    await store.append('default.00-a', { ...commit, events: [{ ...commit.events[0], data }] }, 'no-stream');
    data.list.push(2);
    const [stored] = store.durableEvents();
    expect(stored?.data).toEqual({ list: [1] });
    expect(() => (stored?.data as typeof data).list.push(3)).toThrow(TypeError);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionEvent, Millis } from '@fermata/kernel';
import { openSqliteReadModel } from '@fermata/store-sqlite';
import { openInMemoryEventStore, VirtualClock } from '@fermata/testing';
import { randomUUID } from 'node:crypto';
import { toCommitId } from '../event-store/event-id.js';
import type { EventStore, NewEvent, Position, StoredEvent, Subscriber } from '../event-store/event-store.js';
import { toNewEvent } from '../executions/history-event.js';
import { aStart, runIdOf, started, streamOf } from '../read-model/read-model-builders.contract.js';
import type { ReadModel } from '../read-model/read-model.js';
import { applyEveryMs, batchEventsMax, Projector } from './projector.js';

const order = streamOf('order-1');
const scheduled = (stepId: number): ExecutionEvent => ({ type: 'StepScheduled', version: 1, stepId, name: 'charge' });

describe('Projector', () => {
  let clock: VirtualClock;
  let store: EventStore;
  let subscribers: Subscriber[];
  let readModel: ReadModel;
  /** The sizes of the batches that were applied. */
  let batches: number[];
  /** Errors that the next calls of `apply` fail with. */
  let failures: Error[];
  let reported: [unknown, Millis][];
  let projector: Projector;

  beforeEach(async () => {
    clock = new VirtualClock(started);
    subscribers = [];
    store = watched(openInMemoryEventStore(), (subscriber) => subscribers.push(subscriber));
    batches = [];
    failures = [];
    reported = [];
    readModel = withApply(await openSqliteReadModel({ file: ':memory:' }), async (events, apply) => {
      const failure = failures.shift();
      if (failure) throw failure;
      await apply();
      batches.push(events.length);
    });
    projector = open();
  });
  afterEach(async () => {
    await projector.close();
    await store.close();
    await readModel.close();
  });

  function open(): Projector {
    return new Projector({
      store,
      readModel,
      clock,
      onFailure: (error, retryInMs) => reported.push([error, retryInMs]),
    });
  }

  let revision: number | 'no-stream';
  beforeEach(() => void (revision = 'no-stream'));

  /** @returns the position that a caller would wait for */
  async function append(...events: readonly [ExecutionEvent, ...ExecutionEvent[]]): Promise<Position> {
    const [first, ...others] = events.map(toNewEvent) as [NewEvent, ...NewEvent[]];
    const commit = { id: toCommitId(randomUUID()), timestamp: started, events: [first, ...others] as const };
    const appended = await store.append(order, commit, revision);
    revision = appended.revision;
    await settled();
    return appended.position;
  }

  const waitIds = async (): Promise<number[]> => (await readModel.waits(order, runIdOf(1))).map(({ id }) => id);

  it('gathers events for a while, and applies them together', async () => {
    await append(aStart());
    await append(scheduled(0));
    advance(clock, applyEveryMs - 1);
    await append(scheduled(1));
    expect(batches).toEqual([]);
    advance(clock, 1);
    await settled();
    expect(batches).toEqual([3]);
    expect(projector.position).toBe(await store.head());
    expect(await waitIds()).toEqual([0, 1]);
  });

  it('applies at once what somebody waits for', async () => {
    await append(aStart());
    await projector.waitFor(await append(scheduled(0)), 1_000);
    expect(await waitIds()).toEqual([0]);
    const waiting = projector.waitFor((await store.head()) + 1, 1_000);
    await append(scheduled(1));
    await waiting;
    expect(await waitIds()).toEqual([0, 1]);
    await projector.waitFor(0, 0);
  });

  it('says that the read model lags when a position isn’t reached in time', async () => {
    const wanted = (await append(aStart())) + 100;
    const inVain = projector.waitFor(wanted, 50);
    const patient = projector.waitFor(wanted, 1_000);
    await settled();
    advance(clock, 50);
    await expect(inVain).rejects.toMatchObject({ code: 'READ_MODEL_LAGS', details: { wanted, position: 1 } });
    await projector.close();
    await expect(patient).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  });

  it('knows how far behind it is', async () => {
    const position = await append(aStart(), scheduled(0));
    expect(await projector.lag()).toBe(2);
    await projector.waitFor(position, 1_000);
    expect(await projector.lag()).toBe(0);
  });

  it('applies in bounded batches, with a breath between them', async () => {
    const steps = Array.from({ length: 2 * batchEventsMax + 500 }, (_, stepId) => scheduled(stepId));
    await append(aStart(), ...steps);
    expect(batches).toEqual([batchEventsMax]);
    advance(clock, 0);
    await settled();
    expect(batches).toEqual([batchEventsMax, batchEventsMax]);
    advance(clock, 0);
    await settled();
    advance(clock, applyEveryMs);
    await settled();
    expect(batches).toEqual([batchEventsMax, batchEventsMax, 501]);
    expect(await waitIds()).toHaveLength(steps.length);
  });

  it('goes on from the checkpoint', async () => {
    await projector.waitFor(await append(aStart()), 1_000);
    await projector.close();
    const position = await append(scheduled(0));
    projector = open();
    await projector.waitFor(position, 1_000);
    expect(batches).toEqual([1, 1]);
    expect(await waitIds()).toEqual([0]);
  });

  it('tries again when applying fails, ever more slowly, and skips nothing', async () => {
    failures = [new Error('first'), new Error('second')];
    const reached = projector.waitFor(await append(aStart(), scheduled(0)), 10_000);
    await settled();
    expect(reported).toEqual([[new Error('first'), 100]]);
    advance(clock, 100);
    await settled();
    expect(reported.slice(1)).toEqual([[new Error('second'), 200]]);
    advance(clock, 199);
    await append(scheduled(1));
    expect(batches).toEqual([]);
    advance(clock, 1);
    await reached;
    await projector.waitFor(await store.head(), 1_000);
    expect(await waitIds()).toEqual([0, 1]);
    failures = [new Error('much later')];
    await append(scheduled(2));
    advance(clock, applyEveryMs);
    await settled();
    expect(reported.slice(2)).toEqual([[new Error('much later'), 100]]);
  });

  it('subscribes again after a drop', async () => {
    await projector.waitFor(await append(aStart()), 1_000);
    subscribers[0]?.onDropped(new Error('connection lost'));
    await settled();
    expect(reported).toEqual([[new Error('connection lost'), 100]]);
    await append(scheduled(0));
    advance(clock, 100);
    await settled();
    expect(subscribers.map(({ after }) => after)).toEqual([0, 1]);
    await projector.waitFor(await store.head(), 1_000);
    expect(await waitIds()).toEqual([0]);
  });

  it('fills a read model again that was emptied behind its back', async () => {
    await projector.waitFor(await append(aStart(), scheduled(0)), 1_000);
    await readModel.reset();
    const reached = projector.waitFor(await append(scheduled(1)), 10_000);
    await settled();
    expect(reported).toMatchObject([[{ code: 'READ_MODEL_LAGS' }, 100]]);
    advance(clock, 100);
    await settled();
    await projector.waitFor(await store.head(), 1_000);
    await reached;
    expect(await waitIds()).toEqual([0, 1]);
  });

  it('rebuilds while events come in', async () => {
    await projector.waitFor(await append(aStart(), scheduled(0)), 1_000);
    const rebuilt = projector.rebuild();
    await append(scheduled(1));
    await rebuilt;
    await projector.waitFor(await store.head(), 1_000);
    expect(batches.reduce((sum, size) => sum + size)).toBe(2 + 3);
    expect(await waitIds()).toEqual([0, 1]);
    expect(projector.position).toBe(await store.head());
  });

  it('begins a rebuild again that failed to empty the tables', async () => {
    await projector.waitFor(await append(aStart()), 1_000);
    const { reset } = readModel;
    readModel.reset = () => {
      readModel.reset = reset;
      return Promise.reject(new Error('disk full'));
    };
    const rebuilt = projector.rebuild();
    await settled();
    expect(reported).toEqual([[new Error('disk full'), 100]]);
    advance(clock, 100);
    await rebuilt;
    expect(projector.position).toBe(await store.head());
  });

  it('stops on close, and refuses from then on', async () => {
    await append(aStart());
    await projector.close();
    await projector.close();
    await append(scheduled(0));
    advance(clock, 10_000);
    await settled();
    expect(batches).toEqual([]);
    expect(clock.nextAt).toBeUndefined();
    await expect(projector.waitFor(1, 10)).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
    await expect(projector.rebuild()).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  });
});

/** Until everything that can happen without the clock has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Lets time pass, ringing what is due in it. */
function advance(clock: VirtualClock, ms: Millis): void {
  const until = clock.now() + ms;
  clock.after(ms, () => undefined);
  while (clock.nextAt !== undefined && clock.nextAt <= until) clock.ringNext();
}

/** The store, whose subscriptions a test can drop. */
function watched(store: EventStore, onSubscribe: (subscriber: Subscriber) => void): EventStore {
  return {
    append: (...given) => store.append(...given),
    readStream: (...given) => store.readStream(...given),
    readLog: (options) => store.readLog(options),
    head: () => store.head(),
    subscribe: (subscriber) => {
      onSubscribe(subscriber);
      return store.subscribe(subscriber);
    },
    truncate: (...given) => store.truncate(...given),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** The read model, with something round its `apply`. */
function withApply(
  readModel: ReadModel,
  around: (events: readonly StoredEvent[], apply: () => Promise<void>) => Promise<void>,
): ReadModel {
  return {
    apply: (events, after) => around(events, () => readModel.apply(events, after)),
    checkpoint: () => readModel.checkpoint(),
    find: (...given) => readModel.find(...given),
    list: (options) => readModel.list(options),
    waits: (...given) => readModel.waits(...given),
    due: (options) => readModel.due(options),
    stuck: (options) => readModel.stuck(options),
    reset: () => readModel.reset(),
    close: () => readModel.close(),
    [Symbol.asyncDispose]: () => readModel.close(),
  };
}

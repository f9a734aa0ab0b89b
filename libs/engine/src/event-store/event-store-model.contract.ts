import { expect } from '@jest/globals';
import fc from 'fast-check';
import { aCommit } from './event-store-builders.contract.js';
import { Recorder } from './event-store-recorder.contract.js';
import type {
  Appended,
  EventStore,
  ExpectedRevision,
  NewCommit,
  Position,
  StoredEvent,
  StreamId,
} from './event-store.js';

const streamCount = 3;
const aStreamIndex = fc.nat(streamCount - 1);
const aRevision = fc.nat(12);

/** Calls as a caller could make them, right and wrong ones. */
export const operations = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        stream: aStreamIndex,
        size: fc.integer({ min: 1, max: 4 }),
        expected: fc.oneof(
          { weight: 4, arbitrary: fc.constant('actual' as const) },
          { weight: 1, arbitrary: fc.constant('no-stream' as const) },
          { weight: 1, arbitrary: aRevision },
        ),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), nth: fc.nat(20) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('truncate' as const), stream: aStreamIndex, before: aRevision }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('read stream' as const),
        stream: aStreamIndex,
        from: fc.option(aRevision, { nil: undefined }),
        direction: fc.constantFrom('forwards' as const, 'backwards' as const),
        limit: fc.nat(8),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('read log' as const),
        afterNth: fc.nat(20),
        limit: fc.integer({ min: 1, max: 8 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 40 },
);
type Operations = typeof operations extends fc.Arbitrary<infer T> ? T : never;
type Operation = Operations[number];

interface Call {
  readonly stream: StreamId;
  readonly commit: NewCommit;
  readonly expected: ExpectedRevision;
  readonly answer: Appended;
}

interface ModelEvent {
  readonly stream: StreamId;
  readonly revision: number;
  readonly id: string;
  readonly data: unknown;
  readonly call: Call;
}

/** Makes the calls one after another and compares each answer, and at the end what two subscribers were told. */
export async function checkAgainstModel(store: EventStore, list: Operations, name: string): Promise<void> {
  const model = new Model(store, await store.head(), name);
  const seen = new Recorder(model.start);
  const subscription = store.subscribe(seen);
  for (const operation of list) await model.check(operation);
  await model.checkWhole();
  if (model.lastPosition > model.start)
    await seen.until(({ events }) => events.at(-1)?.position === model.lastPosition);
  expect(facts(seen.events.filter((event) => !model.isForgotten(event)))).toEqual(facts(model.remembered()));
  await subscription.close();
}

class Model {
  readonly #log: ModelEvent[] = [];
  readonly #calls: Call[] = [];
  readonly #firstRevisions = new Map<StreamId, number>();

  constructor(
    readonly store: EventStore,
    readonly start: Position,
    readonly name: string,
  ) {}

  get lastPosition(): Position {
    return this.#calls.at(-1)?.answer.position ?? this.start;
  }

  isForgotten({ stream, revision }: { readonly stream: StreamId; readonly revision: number }): boolean {
    return revision < (this.#firstRevisions.get(stream) ?? 0);
  }

  remembered(): readonly ModelEvent[] {
    return this.#log.filter((event) => !this.isForgotten(event));
  }

  async check(operation: Operation): Promise<void> {
    switch (operation.do) {
      case 'append':
        return this.#checkAppend(operation);
      case 'repeat':
        return this.#checkRepeat(operation.nth);
      case 'truncate':
        return this.#truncate(this.#streamName(operation.stream), operation.before);
      case 'read stream':
        return this.#checkReadStream(operation);
      case 'read log':
        return this.#checkReadLog(operation);
    }
  }

  async checkWhole(): Promise<void> {
    const log = await this.store.readLog({ after: this.start, limit: 10_000 });
    const kept = log.filter((event) => !this.isForgotten(event));
    expect(facts(kept)).toEqual(facts(this.remembered()));
    const positions = log.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    expect(await this.store.head()).toBeGreaterThanOrEqual(this.lastPosition);
  }

  async #checkAppend({ stream: index, size, expected: wanted }: Extract<Operation, { do: 'append' }>): Promise<void> {
    const stream = this.#streamName(index);
    const actual = this.#eventsOf(stream).at(-1)?.revision ?? 'no-stream';
    const expected = wanted === 'actual' ? actual : wanted;
    const commit = aCommit({ size });
    if (expected !== actual) {
      const refused = { code: 'REVISION_CONFLICT', details: { stream, expected, actual } };
      await expect(this.store.append(stream, commit, expected)).rejects.toMatchObject(refused);
      return;
    }
    const answer = await this.store.append(stream, commit, expected);
    const first = actual === 'no-stream' ? 0 : actual + 1;
    expect(answer.revision).toBe(first + size - 1);
    expect(answer.position).toBeGreaterThan(this.lastPosition);
    const call = { stream, commit, expected, answer };
    this.#calls.push(call);
    commit.events.forEach(({ data }, nth) => {
      const id = commit.id.slice(0, -4) + nth.toString(16).padStart(4, '0');
      this.#log.push({ stream, revision: first + nth, id, data, call });
    });
  }

  /** A store may forget a commit's ID with its events, so only what is remembered whole is repeated. */
  async #checkRepeat(nth: number): Promise<void> {
    const calls = this.#calls.filter(
      ({ stream, commit, answer }) =>
        !this.isForgotten({ stream, revision: answer.revision - commit.events.length + 1 }),
    );
    const call = calls[nth % Math.max(calls.length, 1)];
    if (call === undefined) return;
    expect(await this.store.append(call.stream, call.commit, call.expected)).toEqual(call.answer);
  }

  async #truncate(stream: StreamId, before: number): Promise<void> {
    await this.store.truncate(stream, before);
    const first = Math.min(before, this.#eventsOf(stream).length);
    this.#firstRevisions.set(stream, Math.max(first, this.#firstRevisions.get(stream) ?? 0));
  }

  async #checkReadStream(operation: Extract<Operation, { do: 'read stream' }>): Promise<void> {
    const stream = this.#streamName(operation.stream);
    const { from, direction, limit } = operation;
    const kept = this.#eventsOf(stream).filter((event) => !this.isForgotten(event));
    const wanted =
      direction === 'forwards'
        ? kept.filter(({ revision }) => revision >= (from ?? 0))
        : kept.filter(({ revision }) => revision <= (from ?? Infinity)).reverse();
    const read = await this.store.readStream(stream, { direction, limit, ...(from !== undefined && { from }) });
    expect(facts(read)).toEqual(facts(wanted.slice(0, limit)));
  }

  async #checkReadLog({ afterNth, limit }: Extract<Operation, { do: 'read log' }>): Promise<void> {
    const after = this.#calls[afterNth - 1]?.answer.position ?? this.start;
    const read = await this.store.readLog({ after, limit });
    const kept = read.filter((event) => !this.isForgotten(event));
    const later = this.remembered().filter(({ call }) => call.answer.position > after);
    expect(facts(kept)).toEqual(facts(later.slice(0, kept.length)));
    const [last, next] = [later[kept.length - 1], later[kept.length]];
    if (last !== undefined && next !== undefined) expect(next.call).not.toBe(last.call); // whole appends only
    if (read.length < limit) expect(kept).toHaveLength(later.length);
  }

  #eventsOf(stream: StreamId): readonly ModelEvent[] {
    return this.#log.filter((event) => event.stream === stream);
  }

  #streamName(index: number): StreamId {
    return `default.00-${this.name}-${index}`;
  }
}

function facts(events: readonly (ModelEvent | StoredEvent)[]): readonly unknown[] {
  return events.map(({ stream, revision, id, data }) => ({ stream, revision, id, data }));
}

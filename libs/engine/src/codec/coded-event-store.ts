import { isFermataError, targetOfStream, type ExecutionTarget, type Payload } from '@fermata/kernel';
import type {
  Appended,
  EventStore,
  ExpectedRevision,
  JsonObject,
  NewCommit,
  NewEvent,
  Position,
  ReadLogOptions,
  ReadStreamOptions,
  Revision,
  StoredEvent,
  StreamId,
  Subscriber,
  Subscription,
} from '../event-store/event-store.js';
import { mapPayloads, type PayloadVisitor } from './map-payloads.js';
import type { PayloadCodec } from './payload-codec.js';

export interface CodedEventStoreOptions {
  /** What becomes of payloads that can't be read any more. `show`: a text in their place. Default `throw`. */
  readonly unreadable?: 'throw' | 'show';
}

const unreadableText = '(unreadable: its key is gone)';

/** An event store as the engine sees it, in clear, over one that holds payloads as the codec makes them. */
export class CodedEventStore implements EventStore {
  /** A repeated append must be the same as the first. */
  readonly #encoded = new WeakMap<NewCommit, NewCommit>();

  constructor(
    private readonly store: EventStore,
    private readonly codec: PayloadCodec,
    private readonly options: CodedEventStoreOptions = {},
  ) {}

  async append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    const encoded = this.#encoded.get(commit) ?? this.#encode(stream, commit);
    this.#encoded.set(commit, encoded);
    return this.store.append(stream, encoded, expected);
  }

  async readStream(stream: StreamId, options?: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    return this.#decodeAll(await this.store.readStream(stream, options));
  }

  async readLog(options: ReadLogOptions): Promise<readonly StoredEvent[]> {
    return this.#decodeAll(await this.store.readLog(options));
  }

  head(): Promise<Position> {
    return this.store.head();
  }

  subscribe(subscriber: Subscriber): Subscription {
    return this.store.subscribe({
      after: subscriber.after,
      onEvents: (events) => subscriber.onEvents(this.#decodeAll(events)),
      onCaughtUp: () => subscriber.onCaughtUp?.(),
      onDropped: (error) => subscriber.onDropped(error),
    });
  }

  truncate(stream: StreamId, before: Revision): Promise<void> {
    return this.store.truncate(stream, before);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #encode(stream: StreamId, commit: NewCommit): NewCommit {
    const target = targetOfStream(stream);
    if (!target) return commit;
    const visitor = encoding(this.codec, target);
    const encode = (event: NewEvent): NewEvent => ({ ...event, data: mapPayloads(event.data, visitor) });
    const [first, ...others] = commit.events;
    return { ...commit, events: [encode(first), ...others.map(encode)] };
  }

  #decodeAll(events: readonly StoredEvent[]): readonly StoredEvent[] {
    const visitors = new Map<StreamId, PayloadVisitor | undefined>();
    return events.map((event) => {
      if (!visitors.has(event.stream)) visitors.set(event.stream, this.#decoding(event.stream));
      const visitor = visitors.get(event.stream);
      return visitor ? { ...event, data: mapPayloads(event.data, visitor) } : event;
    });
  }

  #decoding(stream: StreamId): PayloadVisitor | undefined {
    const target = targetOfStream(stream);
    return target && decoding((payload) => this.#decode(payload, target));
  }

  #decode(payload: Payload, target: ExecutionTarget): Payload {
    try {
      return this.codec.decode(payload, target);
    } catch (error) {
      if (this.options.unreadable === 'show' && isFermataError(error, 'PAYLOAD_UNREADABLE')) return unreadableText;
      throw error;
    }
  }
}

/** The parts of a failure that may tell something about somebody; its type and code stay, for people to find it by. */
function encoding(codec: PayloadCodec, target: ExecutionTarget): PayloadVisitor {
  const encode = (payload: Payload): Payload => codec.encode(payload, target);
  return {
    payload: encode,
    failure: ({ type = '', code, nonRetryable, ...told }) => ({
      type,
      ...(code !== undefined && { code }),
      ...(nonRetryable !== undefined && { nonRetryable }),
      message: '',
      encoded: encode(told),
    }),
  };
}

function decoding(decode: (payload: Payload) => Payload): PayloadVisitor {
  return {
    payload: decode,
    failure: (failure) => {
      const { encoded, ...rest } = failure;
      if (encoded === undefined) return failure;
      const told = decode(encoded);
      const isWhole = typeof told === 'object' && told !== null && !Array.isArray(told);
      return isWhole ? { ...rest, ...(told as JsonObject) } : { ...rest, message: String(told) };
    },
  };
}

import type { EpochMs } from '@fermata/kernel';

/** `<namespace>.<slot>-<workflowId>`, e.g. `default.3f-order-1001`. */
export type StreamId = string;
/** Counts a stream's events from 0. Goes on after truncation, never back. */
export type Revision = number;
/**
 * A place in the global log. Grows with every event, not always by one. What has a smaller position was durable
 * earlier. 0 is before the first event.
 */
export type Position = number;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface NewEvent {
  readonly type: string;
  /** The schema version of `data`, from 1. */
  readonly version: number;
  readonly data: JsonObject;
}

/** Facts about one append, the same for all of its events. */
export interface CommitMetadata {
  /** Which node appended. */
  readonly node?: string;
  /** Who asked, when it was a person or a client with a name. */
  readonly actor?: string;
  /** The run's code hasn't answered these events yet: more of the same turn follows in another append. */
  readonly turnPending?: true;
  /** W3C trace context of what caused it. */
  readonly traceparent?: string;
}

/** What one append writes, all or nothing. */
export interface NewCommit {
  /** A UUID whose last four hex digits are 0: event n has this ID plus n, so that a repeated append is recognised. */
  readonly id: string;
  readonly timestamp: EpochMs;
  readonly events: readonly [NewEvent, ...NewEvent[]];
  readonly metadata?: CommitMetadata;
}

export interface StoredEvent extends NewEvent {
  readonly id: string;
  readonly stream: StreamId;
  readonly revision: Revision;
  readonly position: Position;
  readonly timestamp: EpochMs;
  readonly metadata: CommitMetadata;
}

/** `no-stream`: nothing was ever appended to it. */
export type ExpectedRevision = Revision | 'no-stream';

export interface Appended {
  /** The revision of the last event written. */
  readonly revision: Revision;
  /** The position of the last event written. */
  readonly position: Position;
}

export interface ReadStreamOptions {
  /** The first revision wanted. Default: the first there is, or the last when `direction` is `backwards`. */
  readonly from?: Revision;
  readonly direction?: 'forwards' | 'backwards';
  /** At most so many events. Default 1,000, at most `readEventsMax`. */
  readonly limit?: number;
}

export interface ReadLogOptions {
  /** Events after this position. */
  readonly after: Position;
  /** At most so many events; whole appends only, so a few more may come. */
  readonly limit: number;
}

export interface Subscription {
  /** Resolves once no more calls of `onEvents` will come. */
  close(): Promise<void>;
}

export interface Subscriber {
  /** Events after this position. */
  readonly after: Position;
  /**
   * Called with batches in log order, never twice with the same event, never with a gap. The next batch comes when the
   * promise it returns has resolved.
   */
  onEvents(events: readonly StoredEvent[]): void | Promise<void>;
  /** Called whenever everything durable up to now has been delivered. */
  onCaughtUp?(): void;
  /** The subscription has ended for good; open another from the last position seen. */
  onDropped(error: unknown): void;
}

/** The log. Append-only, one order over all streams. Every adapter passes `describeEventStore`. */
export interface EventStore extends AsyncDisposable {
  /**
   * Appends to one stream, all or nothing; resolves when the events are durable. To retry, repeat the call unchanged:
   * the same commit ID with the same `expected` gets the first call's answer; with a newer `expected` it would be stored
   * twice. Source: EventStoreDB docs, "Appending events", idempotence.
   * @throws FermataError `REVISION_CONFLICT`: the stream isn't at `expected`; nothing was written
   * @throws FermataError `STORE_UNAVAILABLE`: it may or may not have been written; retry as above
   * @throws FermataError `PAYLOAD_TOO_LARGE`: the events are over `appendBytesMax` together; nothing was written
   * @throws FermataError `OVERLOADED`: too many appends wait; nothing was written
   */
  append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended>;

  /** Events of one stream in order; empty when there is none or nothing beyond `from`. */
  readStream(stream: StreamId, options?: ReadStreamOptions): Promise<readonly StoredEvent[]>;

  /** Events of all streams in log order. */
  readLog(options: ReadLogOptions): Promise<readonly StoredEvent[]>;

  /** The position of the last durable event; 0 when there is none. */
  head(): Promise<Position>;

  /** Delivers what is in the log and then what is appended, until closed. */
  subscribe(subscriber: Subscriber): Subscription;

  /** Forgets a stream's events before `before`; revisions go on from where they were. Resolves when durable. */
  truncate(stream: StreamId, before: Revision): Promise<void>;

  /** Ends after what was accepted is durable; appends after it fail with `STORE_UNAVAILABLE`. */
  close(): Promise<void>;
}

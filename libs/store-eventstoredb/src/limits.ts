import type { Millis } from '@fermata/kernel';

/** Every bound of the store. All can be set when it is opened. */
export interface EventStoreDbLimits {
  /** A commit's events as JSON in UTF-8. Leaves room for their metadata below the server's default of 1 MiB an append. */
  readonly appendBytesMax: number;
  /** Appends and truncations accepted but not yet answered; one more is `OVERLOADED`. */
  readonly appendsWaitingMax: number;
  /** Appends at the server at a time. More only queue there. */
  readonly appendsInFlightMax: number;
  /** Reads at the server at a time. A connection has 100 HTTP/2 streams, and each read and subscription takes one. */
  readonly readsInFlightMax: number;
  /** Events that one read gives; a larger `limit` is cut to it. */
  readonly readEventsMax: number;
  /** Events that a subscriber gets in one call. */
  readonly subscriberEventsMax: number;
  /** How long an append or a read is tried, repetitions included, before it fails with `STORE_UNAVAILABLE`. */
  readonly answerMsMax: Millis;
  /** The same for what is asked at open, which includes finding the server. */
  readonly connectMsMax: Millis;
  /**
   * How long the server may search at open for the namespace's last event, through all that others have written since:
   * it goes through about a million events a second.
   */
  readonly searchMsMax: Millis;
  /** A subscription that was told nothing for this long compares its position with the head. */
  readonly idleMs: Millis;
}

export const defaultLimits: EventStoreDbLimits = {
  appendBytesMax: 1_000_000,
  appendsWaitingMax: 10_000,
  appendsInFlightMax: 256,
  readsInFlightMax: 64,
  readEventsMax: 10_000,
  subscriberEventsMax: 500,
  answerMsMax: 5_000,
  connectMsMax: 10_000,
  searchMsMax: 60_000,
  idleMs: 5_000,
};

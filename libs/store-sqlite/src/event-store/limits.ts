/** Every bound of the event store. All can be set when it is opened. */
export interface SqliteEventStoreLimits {
  /** A commit's events as JSON in UTF-8. An append fits EventStoreDB's default of 1 MiB, too. */
  readonly appendBytesMax: number;
  /** Appends and truncations that wait to be durable; one more is `OVERLOADED`. */
  readonly appendsWaitingMax: number;
  /** Characters of JSON that wait to be durable; one append more is `OVERLOADED`. */
  readonly charactersWaitingMax: number;
  /** Appends in one transaction, so that the event loop isn't held up for more than some milliseconds. */
  readonly batchAppendsMax: number;
  /** Events that one read gives; a larger `limit` is cut to it. */
  readonly readEventsMax: number;
  /** Streams whose revision is kept in memory; of others it is looked up in the file. About 150 bytes each. */
  readonly streamsCachedMax: number;
  /** Events kept for a subscriber that is busy. With more, it reads them from the file when its turn comes. */
  readonly subscriberEventsMax: number;
  /** A larger file isn't checked for damage as a whole at open. A file of 56 MiB took 0.07 s on the machine of docs/decisions/0002. */
  readonly checkedFileBytesMax: number;
  /** The file never grows beyond it: appends fail with `STORE_UNAVAILABLE` until truncation has made space. */
  readonly fileBytesMax: number;
}

export const defaultLimits: SqliteEventStoreLimits = {
  appendBytesMax: 1_000_000,
  appendsWaitingMax: 10_000,
  charactersWaitingMax: 64_000_000,
  batchAppendsMax: 1_000,
  readEventsMax: 10_000,
  streamsCachedMax: 16_384,
  subscriberEventsMax: 10_000,
  checkedFileBytesMax: 64 * 2 ** 20,
  fileBytesMax: 16 * 2 ** 40,
};

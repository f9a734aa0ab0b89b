import { jsonEvent, type EventData, type RecordedEvent } from '@eventstore/db-client';
import {
  commitEventsMax,
  commitTooLarge,
  eventIdOf,
  type CommitMetadata,
  type JsonObject,
  type NewCommit,
  type StoredEvent,
  type StreamId,
} from '@fermata/engine';
import { notStorable, storeCorrupt } from './store-errors.js';

/** What an event's metadata says in the log: the commit's, and what the event's type alone doesn't tell. */
interface StoredMetadata extends CommitMetadata {
  /** The schema version of the event's data. */
  readonly version: number;
  /** Milliseconds since 1970, from the clock of the node that appended. */
  readonly timestamp: number;
}

/**
 * A commit as EventStoreDB keeps it: plain JSON under the event's own type.
 * @throws FermataError `PAYLOAD_TOO_LARGE`, `VALIDATION_FAILED`
 */
export function encodeCommit(stream: StreamId, commit: NewCommit, bytesMax: number): EventData[] {
  if (!Number.isSafeInteger(commit.timestamp)) throw notStorable(`its timestamp is ${commit.timestamp}`);
  if (commit.events.length > commitEventsMax) {
    throw notStorable(`it has ${commit.events.length} events, and ${commitEventsMax} is the limit`);
  }
  const bytes = commitBytes(commit);
  if (bytes > bytesMax) throw commitTooLarge(stream, bytes, bytesMax);
  return commit.events.map(({ type, version, data }, index) => {
    const metadata: StoredMetadata = { version, timestamp: commit.timestamp, ...commit.metadata };
    return jsonEvent({ id: eventIdOf(commit.id, index), type, data, metadata });
  });
}

export function commitBytes({ events }: NewCommit): number {
  return Buffer.byteLength(JSON.stringify(events.map(({ type, version, data }) => [type, version, data])));
}

/**
 * Positions of EventStoreDB are byte offsets in its log, one an event; they fit a number up to 8 PiB.
 * @throws FermataError `STORE_CORRUPT`: no event that Fermata wrote
 */
export function decodeEvent(recorded: RecordedEvent): StoredEvent {
  const { streamId: stream, id, type, position } = recorded;
  const data: unknown = recorded.data;
  const stored: unknown = recorded.metadata;
  if (position === undefined || !isObject(data) || !isStoredMetadata(stored)) {
    throw storeCorrupt(`event ${recorded.revision} of stream ${stream}, a ${type}, isn't Fermata's`);
  }
  const { version, timestamp, ...metadata } = stored;
  return {
    id,
    type,
    version,
    data,
    stream,
    revision: Number(recorded.revision),
    position: Number(position.commit),
    timestamp,
    metadata,
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function isStoredMetadata(value: unknown): value is StoredMetadata {
  return isObject(value) && typeof value['version'] === 'number' && typeof value['timestamp'] === 'number';
}

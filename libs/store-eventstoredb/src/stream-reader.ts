import type { ReadStreamOptions, StoredEvent, StreamId } from '@fermata/engine';
import { decodeEvent } from './event-codec.js';
import { collect, type Reading } from './reading.js';

const readEventsDefault = 1_000;

export async function readStream(
  reading: Reading,
  stream: StreamId,
  { from, direction = 'forwards', limit = readEventsDefault }: ReadStreamOptions,
  eventsMax: number,
): Promise<readonly StoredEvent[]> {
  const maxCount = Math.min(limit, eventsMax);
  if (maxCount <= 0) return [];
  const fromRevision = from === undefined ? (direction === 'backwards' ? 'end' : 'start') : BigInt(Math.max(from, 0));
  const events = await collect(reading, `reading ${stream}`, () =>
    reading.client.readStream(stream, { direction, fromRevision, maxCount }),
  );
  return events.map(decodeEvent);
}

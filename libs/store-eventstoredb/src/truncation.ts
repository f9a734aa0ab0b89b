import { jsonEvent, metastreamOf, type EventStoreDBClient } from '@eventstore/db-client';
import { storeUnavailable, type Revision, type StreamId } from '@fermata/engine';
import type { Appender } from './appender.js';
import { collect, type Reading } from './reading.js';
import { isWrongRevision } from './store-errors.js';

/** A stream's metadata as the server keeps it: every write replaces the whole. */
interface Metadata {
  readonly [key: string]: unknown;
}

/** The server hides events below this revision at once, and removes them when it is scavenged. */
const truncateBefore = '$tb';
/** Only other writers of the same stream's metadata make it start again. */
const triesMax = 10;

/** Hides a stream's events before a revision, and keeps what else its metadata says. */
export async function truncate(
  { appender, reading }: { readonly appender: Appender; readonly reading: Reading },
  stream: StreamId,
  before: Revision,
): Promise<void> {
  const actual = await appender.actualRevision(stream);
  if (actual === 'no-stream') return;
  const first = Math.min(before, actual + 1);
  for (let tries = 0; tries < triesMax; tries++) {
    const { metadata, revision } = await readMetadata(reading, stream);
    if (Number(metadata[truncateBefore] ?? 0) >= first) return;
    const event = jsonEvent({ type: '$metadata', data: { ...metadata, [truncateBefore]: first } });
    try {
      await appender.send(metastreamOf(stream), [event], revision);
      return;
    } catch (error) {
      if (!isWrongRevision(error)) throw error;
    }
  }
  throw storeUnavailable(`the metadata of stream ${stream} changes all the time`);
}

async function readMetadata(
  reading: Reading,
  stream: StreamId,
): Promise<{ readonly metadata: Metadata; readonly revision: bigint | 'no_stream' }> {
  const [last] = await readLast(reading, reading.client, metastreamOf(stream));
  if (last === undefined) return { metadata: {}, revision: 'no_stream' };
  return { metadata: isObject(last.data) ? last.data : {}, revision: last.revision };
}

function readLast(reading: Reading, client: EventStoreDBClient, stream: StreamId): ReturnType<typeof collect> {
  const options = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
  return collect(reading, `reading ${stream}`, () => client.readStream(stream, options));
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null;
}

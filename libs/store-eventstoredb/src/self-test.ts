import { jsonEvent, type RecordedEvent } from '@eventstore/db-client';
import { createHash } from 'node:crypto';
import type { Position } from '@fermata/engine';
import type { Appender } from './appender.js';
import type { LogName } from './log-name.js';
import { collect, type Reading } from './reading.js';
import { storeNotRecognised } from './store-errors.js';

/** How Fermata writes to EventStoreDB. A release that reads no older format raises it. */
const formatVersion = 1;

/**
 * Makes sure that what the store does can be done: write, read, and read the whole log. The first node ever leaves an
 * event behind that says since when the namespace is there; for later ones the same append is a repetition.
 * @returns the position of that event, and where the log ended before
 * @throws FermataError `STORE_UNAVAILABLE`: no server, or it refuses; `STORE_NOT_RECOGNISED`: too old a server, or a
 * newer release's log
 */
export async function openNamespace(
  { appender, reading }: { readonly appender: Appender; readonly reading: Reading },
  log: LogName,
): Promise<{ readonly origin: Position; readonly logEnd: Position }> {
  const logEnd = await readEnd(reading);
  const { namespace, controlStream } = log;
  const id = uuidOf(`fermata namespace ${namespace}`);
  const opened = jsonEvent({ id, type: 'NamespaceOpened', data: { namespace, formatVersion } });
  await appender.send(controlStream, [opened], 'no_stream');
  const [first] = await collect(reading, `reading ${controlStream}`, () =>
    reading.client.readStream(controlStream, { maxCount: 1 }),
  );
  checkFormat(first?.data);
  const origin = positionOf(first);
  return { origin, logEnd };
}

async function readEnd(reading: Reading): Promise<Position> {
  const [last] = await collect(reading, 'reading the whole log, $all,', () =>
    reading.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }),
  );
  return positionOf(last);
}

function positionOf(event: RecordedEvent | undefined): Position {
  if (event?.position !== undefined) return Number(event.position.commit);
  throw storeNotRecognised('it gives events no positions', 'Update it: releases from 23.10 on do.');
}

function checkFormat(data: unknown): void {
  const format = typeof data === 'object' && data !== null && 'formatVersion' in data ? data.formatVersion : undefined;
  if (format === formatVersion) return;
  throw storeNotRecognised(
    `its log has format ${String(format)}, and this release knows ${formatVersion}`,
    'Run the release that wrote it, or a newer one.',
  );
}

/** The same text gives the same UUID, so that every node's first append is one and the same. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

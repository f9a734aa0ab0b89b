import type { EventStoreDBClient, RecordedEvent, StreamingRead } from '@eventstore/db-client';
import type { Millis } from '@fermata/kernel';
import { isStreamNotFound } from './store-errors.js';
import { retrying } from './retry.js';
import type { Turnstile } from './turnstile.js';

/** How the store's parts read: bounded in number and time, repeated when the connection fails. */
export interface Reading {
  readonly client: EventStoreDBClient;
  readonly turnstile: Turnstile;
  readonly msMax: Millis;
}

interface ResolvedEvent {
  readonly event?: RecordedEvent;
}

/**
 * All that a read gives; nothing when there is no such stream.
 * @throws FermataError `STORE_UNAVAILABLE`
 */
export function collect(
  { turnstile, msMax }: Reading,
  doing: string,
  open: () => StreamingRead<ResolvedEvent>,
): Promise<readonly RecordedEvent[]> {
  let read: StreamingRead<ResolvedEvent> | undefined;
  const attempt = async (): Promise<readonly RecordedEvent[]> => {
    read = open();
    return drain(read);
  };
  return turnstile.pass(() => retrying(attempt, { doing, msMax, onExpired: () => void read?.cancel().catch(ignore) }));
}

async function drain(read: StreamingRead<ResolvedEvent>): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  try {
    for await (const { event } of read as AsyncIterable<ResolvedEvent>) if (event) events.push(event);
    return events;
  } catch (error) {
    if (isStreamNotFound(error)) return [];
    throw error;
  }
}

/** A read that is cancelled before it began has nothing to end. */
function ignore(): void {
  return undefined;
}

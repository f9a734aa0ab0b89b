import { FermataError, isKnownEventType, type ExecutionEvent, type TimedEvent } from '@fermata/kernel';
import type { JsonObject, NewEvent, Revision, StoredEvent } from '../event-store/event-store.js';

/** The newest schema version of each event is 1 so far; what is older would be upcast here. */
const versionNewest = 1;

/** An event of a history with its place in its stream. */
export interface RevisedEvent extends TimedEvent {
  readonly revision: Revision;
}

export function toNewEvent({ type, version, ...data }: ExecutionEvent): NewEvent {
  // Every field of an event is JSON by construction: scalars, payloads and failures.
  return { type, version, data: data as unknown as JsonObject };
}

/** @throws FermataError `NONDETERMINISM`: a type or version that this build doesn't know */
export function fromStoredEvent(stored: StoredEvent): RevisedEvent {
  const { type, version, data, timestamp, revision } = stored;
  if (!isKnownEventType(type) || version > versionNewest) {
    throw new FermataError('NONDETERMINISM', {
      message: `Event ${stored.revision} of ${stored.stream} is a ${type} of version ${version}, which this build doesn't know.`,
      fix: 'A newer version of Fermata wrote it; upgrade this node.',
    });
  }
  // The one place where recorded data gets its type back: only this module's counterpart writes these streams.
  return { event: { type, version, ...data } as unknown as ExecutionEvent, timestamp, revision };
}

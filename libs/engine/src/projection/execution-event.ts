import { isKnownEventType, type ExecutionEvent } from '@fermata/kernel';
import type { StoredEvent } from '../event-store/event-store.js';

/** The fact that a stored event records, or nothing where this version of Fermata doesn't know its type. */
export function executionEventOf(stored: StoredEvent): ExecutionEvent | undefined {
  if (!isKnownEventType(stored.type)) return undefined;
  // The codec's cast: what is in the log was written from an ExecutionEvent.
  return { ...stored.data, type: stored.type, version: stored.version } as unknown as ExecutionEvent;
}

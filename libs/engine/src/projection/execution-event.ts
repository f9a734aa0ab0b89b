import { isFermataError, isKnownEventType, type ExecutionEvent } from '@fermata/kernel';
import type { StoredEvent } from '../event-store/event-store.js';
import { fromStoredEvent } from '../executions/history-event.js';

/**
 * The fact that a stored event records, or nothing where this build doesn't know its type or version: a run of a newer
 * build is stuck here, and the rows and traces of all others must still be right.
 */
export function executionEventOf(stored: StoredEvent): ExecutionEvent | undefined {
  if (!isKnownEventType(stored.type)) return undefined;
  try {
    return fromStoredEvent(stored).event;
  } catch (error) {
    if (isFermataError(error, 'NONDETERMINISM')) return undefined;
    throw error;
  }
}

import { FermataError } from '@fermata/kernel';
import type { ExpectedRevision, Revision, StreamId } from './event-store.js';

export function revisionConflict(
  stream: StreamId,
  expected: ExpectedRevision,
  actual: Revision | 'no-stream',
): FermataError {
  return new FermataError('REVISION_CONFLICT', {
    message: `Stream ${stream} is at ${actual}, not at ${expected}.`,
    fix: 'Read it again and decide on what it says now.',
    details: { stream, expected, actual },
  });
}

export function storeUnavailable(why: string, cause?: unknown): FermataError {
  return new FermataError('STORE_UNAVAILABLE', {
    message: `The event store can't be used: ${why}.`,
    fix: 'Nothing that was acknowledged is lost; repeat the request when the store answers again.',
    ...(cause !== undefined && { cause }),
  });
}

export function commitTooLarge(stream: StreamId, bytes: number, bytesMax: number): FermataError {
  return new FermataError('PAYLOAD_TOO_LARGE', {
    message: `An append of ${bytes} bytes to ${stream} is over the limit of ${bytesMax} bytes.`,
    fix: 'Keep large values elsewhere and record where they are.',
    details: { bytes, bytesMax },
  });
}

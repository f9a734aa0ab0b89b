import { FermataError, type EpochMs } from '@fermata/kernel';
import type { Position } from '../event-store/event-store.js';

/**
 * A run's place in a list ordered by start: its time, and where its start is in the log for those that began in the same
 * millisecond. Neither ever changes, so pages stay stable while rows are added, and after a rebuild.
 */
export interface ListPlace {
  readonly startedAt: EpochMs;
  readonly startPosition: Position;
}

export function encodeCursor({ startedAt, startPosition }: ListPlace): string {
  return Buffer.from(`${startedAt}.${startPosition}`).toString('base64url');
}

/** @throws FermataError `VALIDATION_FAILED`: it isn't one that a list gave */
export function decodeCursor(cursor: string): ListPlace {
  const [, startedAt, startPosition] =
    /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (startedAt !== undefined && startPosition !== undefined) {
    return { startedAt: Number(startedAt), startPosition: Number(startPosition) };
  }
  throw new FermataError('VALIDATION_FAILED', {
    message: 'The cursor is broken.',
    fix: 'Hand back the nextCursor of the page before, or leave it out to begin.',
  });
}

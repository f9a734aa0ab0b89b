import { FermataError } from '@fermata/kernel';
import type { Position } from '../event-store/event-store.js';

/** @param wanted the position that the read model had to be at */
export function readModelLags(position: Position, wanted: Position): FermataError {
  return new FermataError('READ_MODEL_LAGS', {
    message: `The read model is at position ${position}, not yet at ${wanted}.`,
    fix: 'Ask again in a moment, or ask without a position for what it knows now.',
    details: { position, wanted },
  });
}

export function readModelUnavailable(why: string, cause?: unknown): FermataError {
  return new FermataError('STORE_UNAVAILABLE', {
    message: `The read model can't be used: ${why}.`,
    fix: 'Nothing is lost, it is derived from the log; repeat the request when it answers again.',
    ...(cause !== undefined && { cause }),
  });
}

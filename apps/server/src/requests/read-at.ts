import type { ReadAt } from '@fermata/engine';
import { defined } from './defined.js';
import type { Fields } from './fields.js';

/** Which run is asked for, and how fresh the answer must be. */
export function readAt(fields: Fields): ReadAt {
  return defined({ runId: fields.optionalText('runId'), position: readPosition(fields) });
}

export function readPosition(fields: Fields): number | undefined {
  return fields.count('position', { min: 0, max: Number.MAX_SAFE_INTEGER });
}

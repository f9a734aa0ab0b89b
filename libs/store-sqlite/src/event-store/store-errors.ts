import { FermataError } from '@fermata/kernel';
import { storeUnavailable } from '@fermata/engine';

function storeInUse(file: string, cause: unknown): FermataError {
  return new FermataError('STORE_IN_USE', {
    message: `The event store ${file} is open in another process, or a second time in this one.`,
    fix: 'Stop the other one or give this one a file of its own; several nodes on one log need EventStoreDB.',
    cause,
  });
}

export function storeNotRecognised(file: string, why: string, fix: string): FermataError {
  return new FermataError('STORE_NOT_RECOGNISED', { message: `${file} isn't an event store: ${why}.`, fix });
}

export function storeCorrupt(file: string, why: string, cause?: unknown): FermataError {
  return new FermataError('STORE_CORRUPT', {
    message: `The event store ${file} is damaged: ${why}.`,
    fix: 'Keep the file for inspection and go on from the last backup.',
    ...(cause !== undefined && { cause }),
  });
}

export function storeOverloaded(waiting: number): FermataError {
  return new FermataError('OVERLOADED', {
    message: `${waiting} appends wait to be durable already.`,
    fix: 'Repeat the request a little later.',
    details: { waiting, retryAfterMs: 100 },
  });
}

export function commitNotStorable(why: string): FermataError {
  return new FermataError('VALIDATION_FAILED', {
    message: `The commit can't be stored: ${why}.`,
    fix: 'Correct what makes the commit; nothing was written.',
  });
}

/** Primary result codes. Source: "Result and Error Codes", sqlite.org. */
const resultCodes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

/** What an error of SQLite means to the store's caller; other errors stay as they are. */
export function fromSqliteError(file: string, error: unknown): unknown {
  switch (primaryResultCode(error)) {
    case undefined:
      return error;
    case resultCodes.busy:
    case resultCodes.locked:
      return storeInUse(file, error);
    case resultCodes.corrupt:
      return storeCorrupt(file, 'SQLite finds pages that contradict each other', error);
    case resultCodes.notADatabase:
      return storeNotRecognised(file, 'it is no SQLite file', 'Name another file; this one was left as it was.');
    case resultCodes.readOnly:
      return storeUnavailable(`${file} or its folder is read-only`, error);
    case resultCodes.full:
      return storeUnavailable(`there is no space left for ${file}`, error);
    case resultCodes.cantOpen:
      return storeUnavailable(`${file} can't be opened; its folder must exist and be writable`, error);
    default:
      return storeUnavailable(`SQLite failed on ${file}`, error);
  }
}

/** By shape: `node:sqlite` has no class for its errors. */
function primaryResultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

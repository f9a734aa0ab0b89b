import { readModelUnavailable } from '@fermata/engine';
import { FermataError } from '@fermata/kernel';

/** Primary result codes. Source: "Result and Error Codes", sqlite.org. */
const codes = { busy: 5, locked: 6, corrupt: 11, full: 13, notADatabase: 26 } as const;

export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === codes.busy || code === codes.locked;
}

/** The file's pages contradict each other, or aren't SQLite's. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === codes.corrupt || code === codes.notADatabase;
}

export function inUse(file: string, cause: unknown): FermataError {
  return new FermataError('STORE_IN_USE', {
    message: `The read model ${file} is open in another process, or a second time in this one.`,
    fix: 'Stop the other one, or give this one a file of its own: it fills it from the log.',
    cause,
  });
}

export function notRecognised(file: string): FermataError {
  return new FermataError('STORE_NOT_RECOGNISED', {
    message: `${file} isn't a read model; it was left as it was.`,
    fix: 'Name another file, or delete this one if it was a read model once: it is filled from the log again.',
  });
}

/** What an error of the file or of SQLite means to the caller; own errors stay as they are. */
export function toUnavailable(file: string, error: unknown): unknown {
  if (error instanceof FermataError) return error;
  if (codeOf(error) === codes.full) return readModelUnavailable(`there is no space left for ${file}`, error);
  return readModelUnavailable(`${file}: ${String(error)}`, error);
}

function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error) || typeof error.errcode !== 'number') {
    return undefined;
  }
  return error.errcode & 0xff;
}

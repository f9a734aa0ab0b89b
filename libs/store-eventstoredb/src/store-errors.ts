import { FermataError, isFermataError } from '@fermata/kernel';
import { storeUnavailable } from '@fermata/engine';

/** The client's name for an error; errors of gRPC and of its discovery come without one. */
function typeOf(error: unknown): unknown {
  return error instanceof Error && 'type' in error ? error.type : undefined;
}

/** gRPC's own status, where a call failed with one. */
function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Source: gRPC, "Status codes and their use". */
const status = { invalidArgument: 3, permissionDenied: 7, unimplemented: 12, unauthenticated: 16 } as const;

export const isWrongRevision = (error: unknown): boolean => typeOf(error) === 'wrong-expected-version';
export const isTooLarge = (error: unknown): boolean => typeOf(error) === 'maximum-append-size-exceeded';
export const isStreamNotFound = (error: unknown): boolean => typeOf(error) === 'stream-not-found';

/** What no repetition mends. Everything else the server or the network says may be over in a moment. */
const lasting: ReadonlySet<unknown> = new Set([
  'wrong-expected-version',
  'maximum-append-size-exceeded',
  'stream-not-found',
  'stream-deleted',
  'access-denied',
  'invalid-argument',
  'invalid-transaction',
  'missing-required-metadata-property',
  'unsupported',
]);
const lastingStatus: ReadonlySet<unknown> = new Set(Object.values(status));

/**
 * Whether to repeat the same call. Transient errors come in three shapes: with a type (`unavailable`, `not-leader`,
 * `cancelled` …), without one, and as `unknown` ("Server Is Not Ready").
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof FermataError || error instanceof TypeError || error instanceof RangeError) return false;
  return error instanceof Error && !lasting.has(typeOf(error)) && !lastingStatus.has(statusOf(error));
}

/** What an error of the client means to the store's caller; a mistake in our own code stays as it is. */
export function fromClientError(error: unknown, doing: string): unknown {
  if (error instanceof FermataError) return error;
  if (isRefusal(error)) {
    return storeUnavailable(
      `EventStoreDB refuses ${doing}: check user and password in the connection string, and the ACLs ` +
        '(docs/how-to/eventstoredb.md)',
      error,
    );
  }
  if (typeOf(error) === 'stream-deleted') return storeCorrupt(`a stream was tombstoned, seen when ${doing}`, error);
  if (isTransient(error)) return storeUnavailable(`EventStoreDB failed at ${doing}`, error);
  return error;
}

/** Whether the server says that this user may not. */
function isRefusal(error: unknown): boolean {
  const code = statusOf(error);
  return typeOf(error) === 'access-denied' || code === status.permissionDenied || code === status.unauthenticated;
}

/** Whether nothing was heard of the server, so that it isn't there or isn't one. */
export function isUnanswered(error: unknown): boolean {
  return isFermataError(error, 'STORE_UNAVAILABLE') && !isRefusal(error.cause);
}

export function storeCorrupt(why: string, cause?: unknown): FermataError {
  return new FermataError('STORE_CORRUPT', {
    message: `The log in EventStoreDB isn't as Fermata wrote it: ${why}.`,
    fix: 'Let nothing but Fermata write to its streams; restore them from a backup.',
    ...(cause !== undefined && { cause }),
  });
}

export function storeNotRecognised(why: string, fix: string): FermataError {
  return new FermataError('STORE_NOT_RECOGNISED', { message: `This EventStoreDB can't be used: ${why}.`, fix });
}

export function storeOverloaded(waiting: number): FermataError {
  return new FermataError('OVERLOADED', {
    message: `${waiting} appends wait to be durable already.`,
    fix: 'Repeat the request a little later.',
    details: { waiting, retryAfterMs: 100 },
  });
}

export function notStorable(why: string): FermataError {
  return new FermataError('VALIDATION_FAILED', {
    message: `The commit can't be stored: ${why}.`,
    fix: 'Correct what makes the commit; nothing was written.',
  });
}

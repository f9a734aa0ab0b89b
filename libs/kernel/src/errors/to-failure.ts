import { encodePayload } from '../payload/encode.js';
import { estimatePayloadBytes } from '../payload/payload-size.js';
import type { Payload } from '../payload/payload.js';
import type { Failure } from './failure.js';
import { RecordedError } from './workflow-errors.js';

const causeDepthMax = 8;
const stackCharsMax = 8_000;
/** A failure is recorded with each attempt: it must stay far below what one append may take. */
const detailsBytesMax = 64_000;
const messageCharsMax = 8_000;

/** Describes anything that was thrown. Never throws itself: what can't be recorded of it is left out. */
export function toFailure(thrown: unknown, depth = 0): Failure {
  try {
    return describe(thrown, depth);
  } catch {
    // A proxy or a getter that throws: not even its class can be asked for.
    return { type: 'Error', message: 'What was thrown throws itself when it is read.' };
  }
}

function describe(thrown: unknown, depth: number): Failure {
  // What was recorded once passes on as it is: a run that fails because of a step fails with the step's own error.
  if (thrown instanceof RecordedError) return thrown.failure;
  if (!(thrown instanceof Error)) return { type: 'Error', message: messageOf(thrown) };
  const { message, stack, code, details, nonRetryable }: UntidyError = thrown;
  const recordable = details === undefined ? undefined : recordableOrNothing(details);
  return {
    type: typeOf(thrown),
    message: messageOf(message),
    ...(typeof code === 'string' && { code }),
    ...(typeof stack === 'string' && { stack: stack.slice(0, stackCharsMax) }),
    ...(recordable !== undefined && { details: recordable }),
    ...(thrown.cause !== undefined && depth < causeDepthMax && { cause: toFailure(thrown.cause, depth + 1) }),
    ...(nonRetryable === true && { nonRetryable }),
  };
}

/** An error as it comes: code that isn't ours may have put anything into its properties. */
interface UntidyError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly constructor?: unknown;
  readonly code?: unknown;
  readonly details?: unknown;
  readonly nonRetryable?: unknown;
}

function typeOf({ name, constructor }: UntidyError): string {
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'Error';
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown.slice(0, messageCharsMax);
  try {
    const json = JSON.stringify(thrown) as string | undefined;
    return (json ?? String(thrown)).slice(0, messageCharsMax);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

function recordableOrNothing(details: unknown): Payload | undefined {
  try {
    const recorded = encodePayload(details, 'details');
    return estimatePayloadBytes(recorded) <= detailsBytesMax ? recorded : undefined;
  } catch {
    return undefined;
  }
}

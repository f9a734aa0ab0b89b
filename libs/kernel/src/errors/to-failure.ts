import { encodePayload } from '../payload/encode.js';
import type { Payload } from '../payload/payload.js';
import type { Failure } from './failure.js';
import { RecordedError } from './workflow-errors.js';

const causeDepthMax = 8;
const stackCharsMax = 8_000;
const messageCharsMax = 8_000;

/** Describes anything that was thrown. Never throws itself: what can't be recorded of it is left out. */
export function toFailure(thrown: unknown, depth = 0): Failure {
  // What was recorded once passes on as it is: a run that fails because of a step fails with the step's own error.
  if (thrown instanceof RecordedError) return thrown.failure;
  if (!(thrown instanceof Error)) return { type: 'Error', message: messageOf(thrown) };
  const { code, details, nonRetryable } = thrown as { code?: unknown; details?: unknown; nonRetryable?: unknown };
  const recordable = details === undefined ? undefined : recordableOrNothing(details);
  return {
    type: typeOf(thrown),
    message: thrown.message.slice(0, messageCharsMax),
    ...(typeof code === 'string' && { code }),
    ...(thrown.stack !== undefined && { stack: thrown.stack.slice(0, stackCharsMax) }),
    ...(recordable !== undefined && { details: recordable }),
    ...(thrown.cause !== undefined && depth < causeDepthMax && { cause: toFailure(thrown.cause, depth + 1) }),
    ...(nonRetryable === true && { nonRetryable }),
  };
}

function typeOf(error: Error): string {
  return error.name !== 'Error' && error.name !== '' ? error.name : error.constructor.name || 'Error';
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
    return encodePayload(details, 'details');
  } catch {
    return undefined;
  }
}

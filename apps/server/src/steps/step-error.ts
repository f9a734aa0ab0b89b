import { encodePayload, RecordedError } from '@fermata/kernel';
import type { Fields } from '../requests/fields.js';

/** What somebody outside says went wrong, as the error that it would have been here. */
export function readStepError(fields: Fields | undefined): RecordedError {
  const [message, type, code] = ['message', 'type', 'code'].map((name) => fields?.optionalText(name));
  const details = fields?.any('details');
  const nonRetryable = fields?.flag('nonRetryable');
  return new RecordedError({
    type: type ?? 'Error',
    message: message ?? 'The step failed.',
    ...(code !== undefined && { code }),
    ...(details !== undefined && { details: encodePayload(details, 'details') }),
    ...(nonRetryable === true && { nonRetryable }),
  });
}

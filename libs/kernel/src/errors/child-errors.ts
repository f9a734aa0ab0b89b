import type { RunId } from '../execution/events.js';
import type { Failure } from './failure.js';
import { RecordedError } from './workflow-errors.js';

/** A child workflow closed without a result. `type`, `message`, `code` and `details` are those of its failure. */
export class ChildError extends RecordedError {
  override readonly name: string = 'ChildError';

  constructor(
    readonly workflowId: string,
    readonly runId: RunId,
    readonly status: 'failed' | 'cancelled' | 'terminated' | 'timed-out',
    failure: Failure,
  ) {
    super(failure);
  }
}

/** The child couldn't be started: its ID is taken, its type isn't known, its input isn't valid. */
export function childStartError(workflowId: string, failure: Failure): RecordedError {
  const error = new RecordedError(failure);
  error.message = `Child "${workflowId}" could not be started: ${failure.message}`;
  return error;
}

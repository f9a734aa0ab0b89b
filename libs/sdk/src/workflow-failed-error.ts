import type { ClosedOutcome } from '@fermata/engine';
import { RecordedError, type RunId } from '@fermata/kernel';

/** A run closed without a result. `failure` says why; `type`, `code` and `details` are the failure's own. */
export class WorkflowFailedError extends RecordedError {
  override readonly name: string = 'WorkflowFailedError';
  readonly runId: RunId;
  readonly status: 'failed' | 'cancelled' | 'terminated' | 'timed-out';

  constructor(
    readonly workflowId: string,
    outcome: Exclude<ClosedOutcome, { readonly status: 'completed' }>,
  ) {
    super(outcome.failure);
    this.runId = outcome.runId;
    this.status = outcome.status;
  }
}

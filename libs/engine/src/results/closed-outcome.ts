import type { ClosingEvent, Failure, Payload, RunId, WorkflowContinuedAsNew } from '@fermata/kernel';

/** How a run ended. */
export type ClosedOutcome =
  | { readonly runId: RunId; readonly status: 'completed'; readonly result: Payload }
  | {
      readonly runId: RunId;
      readonly status: 'failed' | 'cancelled' | 'terminated' | 'timed-out';
      readonly failure: Failure;
    };

export function toOutcome(runId: RunId, closing: Exclude<ClosingEvent, WorkflowContinuedAsNew>): ClosedOutcome {
  switch (closing.type) {
    case 'WorkflowCompleted':
      return { runId, status: 'completed', result: closing.result };
    case 'WorkflowFailed':
      return { runId, status: 'failed', failure: closing.failure };
    case 'WorkflowCancelled':
      return { runId, status: 'cancelled', failure: closing.failure };
    case 'WorkflowTimedOut':
      return { runId, status: 'timed-out', failure: closing.failure };
    case 'WorkflowTerminated':
      return { runId, status: 'terminated', failure: terminated(closing.reason) };
  }
}

function terminated(reason: string | undefined): Failure {
  return {
    type: 'TerminatedError',
    code: 'TERMINATED',
    message: reason === undefined ? 'The run was terminated.' : `The run was terminated: ${reason}`,
  };
}

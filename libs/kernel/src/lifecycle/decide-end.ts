import type { RunId } from '../execution/events.js';
import { executionClosed, executionNotFound } from '../execution/refusals.js';
import type { ExecutionState, RunningExecution } from '../execution/state.js';
import { accept, refuse, type Verdict } from '../execution/verdict.js';

export interface EndRequest {
  readonly workflowId: string;
  /** Only if this is the run; default: whichever runs. */
  readonly runId?: RunId;
  readonly reason?: string;
}

/** Asks the run to end gracefully. Asking again changes nothing. */
export function decideCancel(state: ExecutionState, request: EndRequest): Verdict {
  return whileRunning(state, request, (running) =>
    running.isCancelRequested
      ? accept()
      : accept({
          type: 'CancelRequested',
          version: 1,
          ...(request.reason !== undefined && { reason: request.reason }),
        }),
  );
}

/** Ends the run at once. */
export function decideTerminate(state: ExecutionState, request: EndRequest): Verdict {
  return whileRunning(state, request, () =>
    accept({ type: 'WorkflowTerminated', version: 1, ...(request.reason !== undefined && { reason: request.reason }) }),
  );
}

function whileRunning(
  state: ExecutionState,
  { workflowId, runId }: EndRequest,
  decide: (state: RunningExecution) => Verdict,
): Verdict {
  if (state.status === 'absent') return refuse(executionNotFound(workflowId));
  if (runId !== undefined && runId !== state.started.runId) return refuse(executionClosed(workflowId, runId));
  return state.status === 'closed' ? refuse(executionClosed(workflowId, state.started.runId)) : decide(state);
}

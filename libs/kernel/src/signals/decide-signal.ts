import { assertNever } from '../errors/invariant.js';
import { executionClosed, executionNotFound } from '../execution/refusals.js';
import type { ExecutionState } from '../execution/state.js';
import type { RunId } from '../execution/events.js';
import { accept, refuse, type Verdict } from '../execution/verdict.js';
import type { Payload } from '../payload/payload.js';

export interface SignalRequest {
  readonly workflowId: string;
  /** Only if this is the run; default: whichever runs. */
  readonly runId?: RunId;
  readonly name: string;
  readonly payload: Payload;
  readonly requestId?: string;
}

/** A signal is kept until the code asks for it, whatever its name. A repeated request counts once. */
export function decideSignal(state: ExecutionState, request: SignalRequest): Verdict {
  const { workflowId, runId, name, payload, requestId } = request;
  if (state.status === 'absent') return refuse(executionNotFound(workflowId));
  if (requestId !== undefined && state.signalRequests.has(requestId)) return accept();
  if (runId !== undefined && runId !== state.started.runId) return refuse(executionClosed(workflowId, runId));
  switch (state.status) {
    case 'closed':
      return refuse(executionClosed(workflowId, state.started.runId));
    case 'running':
      return accept({
        type: 'SignalReceived',
        version: 1,
        name,
        payload,
        ...(requestId !== undefined && { requestId }),
      });
    default:
      return assertNever(state);
  }
}

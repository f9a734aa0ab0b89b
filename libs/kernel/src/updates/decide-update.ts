import type { FermataError } from '../errors/fermata-error.js';
import { executionClosed, executionNotFound } from '../execution/refusals.js';
import type { RunId, UpdateCompleted, UpdateId } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { acceptWith, refuse, type Verdict } from '../execution/verdict.js';
import type { Payload } from '../payload/payload.js';

export interface UpdateRequest {
  readonly workflowId: string;
  /** Only if this is the run; default: whichever runs. */
  readonly runId?: RunId;
  readonly updateId: UpdateId;
  readonly name: string;
  readonly args: Payload;
}

export interface UpdateAnswer {
  readonly runId: RunId;
  /** How it ended, where that is known already. */
  readonly completed: UpdateCompleted | undefined;
}

/**
 * A repeated ID gets the first one's answer. The run's code is asked whether it takes the update before anything is
 * recorded.
 * @param validate answers why the code doesn't take it
 */
export function decideUpdate(
  state: ExecutionState,
  { workflowId, runId, updateId, name, args }: UpdateRequest,
  validate: () => FermataError | undefined,
): Verdict<UpdateAnswer> {
  if (state.status === 'absent') return refuse(executionNotFound(workflowId));
  const current = state.started.runId;
  if (state.updates.has(updateId)) return acceptWith({ runId: current, completed: state.updates.get(updateId) });
  if (state.status === 'closed' || (runId !== undefined && runId !== current)) {
    return refuse(executionClosed(workflowId, runId ?? current));
  }
  const rejection = validate();
  if (rejection) return refuse(rejection);
  return acceptWith(
    { runId: current, completed: undefined },
    { type: 'UpdateAccepted', version: 1, updateId, name, args },
  );
}

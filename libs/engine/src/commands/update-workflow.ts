import type { ExecutionTarget, RunId, Schema } from '@fermata/kernel';

export interface UpdateWorkflowOptions {
  /** Only if this is the run; default: whichever runs. */
  readonly runId?: RunId;
  /** Makes a repeat of the update get the first one's answer. */
  readonly requestId?: string;
  /** What the sender knows of the arguments; what the workflow type declares comes first. */
  readonly schema?: Schema<unknown>;
}

/** Sends a validated message to a run; answers once its handler has ended. */
export class UpdateWorkflow {
  constructor(
    readonly target: ExecutionTarget,
    readonly name: string,
    readonly args: unknown,
    readonly options: UpdateWorkflowOptions = {},
  ) {}
}

import type { ExecutionTarget, RunId, Schema } from '@fermata/kernel';

export interface SignalWorkflowOptions {
  /** Only if this is the run; default: whichever runs. */
  readonly runId?: RunId;
  /** Makes a repeat of the signal count once. */
  readonly requestId?: string;
  /** What the sender knows of the payload; what the workflow type declares comes first. */
  readonly schema?: Schema<unknown>;
}

/** Sends a message without reply to a run. */
export class SignalWorkflow {
  constructor(
    readonly target: ExecutionTarget,
    readonly name: string,
    readonly payload: unknown,
    readonly options: SignalWorkflowOptions = {},
  ) {}
}

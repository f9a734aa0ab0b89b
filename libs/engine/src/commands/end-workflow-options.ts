import type { RunId } from '@fermata/kernel';

export interface EndWorkflowOptions {
  /** Only if this is the run; default: whichever runs. */
  readonly runId?: RunId;
  /** Recorded, and shown to operators. */
  readonly reason?: string;
}

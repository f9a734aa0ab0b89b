import type { RunId } from '../execution/events.js';

/** Where a run is: what its context and its steps are told. */
export interface RunAddress {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: RunId;
  readonly workflowType: string;
}

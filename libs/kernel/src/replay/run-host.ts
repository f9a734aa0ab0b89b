import type { WorkflowRun } from './workflow-run.js';

/** What a run needs of the node that it is in. */
export interface RunHost {
  /** Calls workflow code so that it, and all that it waits for, knows whose it is. */
  enter<T>(run: WorkflowRun, call: () => T): T;
  /** The step in whose function the caller is, if it is in one. */
  currentStep(): string | undefined;
  /** Remember where in the code each decision was made: slow, for finding the place of a fault. */
  readonly captureSites: boolean;
  readonly payloadBytesMax: number;
}

/** Nothing around the workflow code: for replays in memory. */
export const bareHost: RunHost = {
  enter: (_run, call) => call(),
  currentStep: () => undefined,
  captureSites: false,
  payloadBytesMax: Infinity,
};

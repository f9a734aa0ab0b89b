import type { ExecutionTarget } from '@fermata/kernel';
import type { EndWorkflowOptions } from './end-workflow-options.js';

/** Ends a run at once; none of its code runs, nothing is compensated. */
export class TerminateWorkflow {
  constructor(
    readonly target: ExecutionTarget,
    readonly options: EndWorkflowOptions = {},
  ) {}
}

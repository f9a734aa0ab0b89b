import type { ExecutionTarget } from '@fermata/kernel';
import type { EndWorkflowOptions } from './end-workflow-options.js';

/** Asks a run to end gracefully: its waits reject, its compensations run. */
export class CancelWorkflow {
  constructor(
    readonly target: ExecutionTarget,
    readonly options: EndWorkflowOptions = {},
  ) {}
}

import type { ConflictPolicy, ExecutionTarget, IdReusePolicy } from '@fermata/kernel';

export interface StartWorkflowOptions {
  /** Makes a repeat of the start answer with the first run. */
  readonly requestId?: string;
  /** Default `fail`. */
  readonly conflictPolicy?: ConflictPolicy;
  /** Default `allow-duplicate`. */
  readonly idReusePolicy?: IdReusePolicy;
  /** Shown to operators; of no meaning to the engine. */
  readonly memo?: unknown;
}

/** Begins a run. Answers `{ runId, created }`. */
export class StartWorkflow {
  constructor(
    readonly target: ExecutionTarget,
    readonly workflowType: string,
    /** Validated against the type's schema before it is recorded. */
    readonly input: unknown,
    readonly options: StartWorkflowOptions = {},
  ) {}
}

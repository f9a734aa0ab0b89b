import type {
  ConflictPolicy,
  Duration,
  ExecutionTarget,
  IdReusePolicy,
  ParentLink,
  RecordedRetry,
  RetryOptions,
  SearchAttributes,
} from '@fermata/kernel';

export interface StartWorkflowOptions {
  /** Makes a repeat of the start answer with the first run. */
  readonly requestId?: string;
  /** The signal or update for whose sake it is started: where the execution has had it, nothing is. */
  readonly messageRequestId?: string;
  /** Default `fail`. */
  readonly conflictPolicy?: ConflictPolicy;
  /** Default `allow-duplicate`. */
  readonly idReusePolicy?: IdReusePolicy;
  /** Shown to operators; of no meaning to the engine. */
  readonly memo?: unknown;
  /** What the execution can be found by. */
  readonly searchAttributes?: SearchAttributes;
  /** How often the execution is tried again, in new runs, when it fails. Default: not at all. */
  readonly retry?: RetryOptions | RecordedRetry;
  /** The code doesn't begin before this has passed. Default: at once. */
  readonly startDelay?: Duration;
  /** How long each run may take. Default: without end. */
  readonly runTimeout?: Duration;
  /** How long the execution may take with all its runs. Default: without end. */
  readonly executionTimeout?: Duration;
  /** Set by the engine for a child. */
  readonly parent?: ParentLink;
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

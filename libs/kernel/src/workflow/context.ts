import type { Duration } from '../duration/duration.js';
import type { StepError } from '../errors/workflow-errors.js';
import type { ParentClosePolicy, RunId, SearchAttributes, StepId } from '../execution/events.js';
import type { RetryOptions } from '../steps/retry-policy.js';
import type { CancellationMode, ChildCancellationMode } from './cancellation-mode.js';
import type { Schema } from './schema.js';
import type {
  DefaultSignal,
  QueryDefinition,
  SignalDefinition,
  UpdateDefinition,
  WorkflowReference,
} from './message-definitions.js';

/** What a step's function gets. */
export interface StepContext {
  /** The same for every attempt and after every crash, and for no other step: hand it to the service that is called. */
  readonly idempotencyKey: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the step's time is up, the run is cancelled or the node stops. */
  readonly signal: AbortSignal;
  readonly name: string;
  readonly stepId: StepId;
  readonly workflowId: string;
  readonly runId: RunId;
  /** What the last heartbeat of this or an earlier attempt carried; `undefined` when there was none. */
  readonly lastHeartbeat: unknown;
  /**
   * Says that the attempt is alive and how far it has come. Cheap enough for a tight loop: only now and then is one
   * recorded, always the newest.
   */
  heartbeat(details?: unknown): void;
  /** Lets somebody outside complete, fail or heartbeat the step, over HTTP or with a client. */
  readonly token: string;
  /**
   * Return this from the step's function to leave the step open until it is completed with its token. Its time limits
   * hold on, and heartbeats are given with the token, too.
   */
  completeLater(): CompletedLater;
}

declare const completedLater: unique symbol;
/** What a step returns that somebody outside completes. */
export interface CompletedLater {
  readonly [completedLater]: true;
}

/** The work of a step: runs outside the workflow, with the real clock and real I/O, at least once. */
export type StepFunction<Result> = (step: StepContext) => Result | CompletedLater | Promise<Result | CompletedLater>;

export interface StepOptions<Result> {
  /** What the result must be, checked before it is recorded; the step fails with `VALIDATION_FAILED` where it isn't. */
  readonly schema?: Schema<Result>;
  /** Default: tried again without end, after 500 ms and up to a minute. */
  readonly retry?: RetryOptions;
  /** How long one attempt may run; then it is aborted and counts as failed. Default: without end. */
  readonly timeout?: Duration;
  /** How long the step may wait for its first attempt; then it fails. Default: without end. */
  readonly startTimeout?: Duration;
  /** How long the step may take with all its attempts; then it fails. Default: without end. */
  readonly totalTimeout?: Duration;
  /** How long an attempt may go without a heartbeat; then it counts as failed. Default: without end. */
  readonly heartbeatTimeout?: Duration;
  /** Never run it twice: after a crash while it ran it fails with `STEP_OUTCOME_UNKNOWN`. Costs one append more. */
  readonly atMostOnce?: boolean;
  /** What cancellation does to it while it is under way. Default `try`, and `wait` where there is a `compensate`. */
  readonly cancellation?: CancellationMode;
  /** Another way when the step has failed for good: workflow code, which may run steps. Not after cancellation. */
  readonly fallback?: (error: StepError) => Result | Promise<Result>;
  /** Undoes the step when the run fails or is cancelled later on; a step of its own, retried and recorded. */
  readonly compensate?: (result: Result, step: StepContext) => unknown;
}

export interface ConditionOptions {
  /** After this the wait ends with false. Default: without end. */
  readonly timeout?: Duration;
}

export interface ScopeOptions {
  /** After this what waits in the scope rejects with `TimeoutError`. Default: without end. */
  readonly timeout?: Duration;
  /** Whether cancellation of what is round it reaches it. Default true. */
  readonly cancellable?: boolean;
}

export interface MapOptions {
  /** How many items are worked on at a time. Default 10. */
  readonly concurrency?: number;
  /** How many items may fail; their results are `undefined`. Default 0: the first failure ends the whole. */
  readonly tolerate?: number;
}

export interface ChildOptions<Input> {
  /** Default: the parent's ID, a slash and the child's number. */
  readonly workflowId?: string;
  readonly input: Input;
  /** What becomes of it when this run closes first. Default `terminate`. */
  readonly parentClosePolicy?: ParentClosePolicy;
  /** What cancellation of this run, or of the scope, does to it. Default `wait`. */
  readonly cancellation?: ChildCancellationMode;
  /** How often the child is tried again when it fails. Default: not at all. */
  readonly retry?: RetryOptions;
  /** How long each of its runs may take. Default: without end. */
  readonly runTimeout?: Duration;
  /** How long it may take with all its runs. Default: without end. */
  readonly executionTimeout?: Duration;
}

/** Options need no input where the workflow takes none. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- what a workflow without input is declared with
export type ChildArguments<Input> = [Input] extends [void]
  ? [options?: Omit<ChildOptions<Input>, 'input'>]
  : [options: ChildOptions<Input>];

/** A child whose start is durable. */
export interface ChildHandle<Output> {
  readonly workflowId: string;
  readonly runId: RunId;
  /**
   * Waits for it to close.
   * @throws ChildError with its failure; `CancelledError` when this run is cancelled
   */
  result(): Promise<Output>;
  /** Resolves when the signal is durable. */
  signal<T>(signal: SignalDefinition<T>, payload: T): Promise<void>;
  /** Asks it to end gracefully; how it does comes as its result. */
  cancel(): void;
}

export interface UpdateHandlerOptions<Args> {
  /** Rejects by throwing. Must not change state, wait or run steps. */
  readonly validate?: (args: Args) => void;
}

export interface SignalWaitOptions {
  /** After this the wait rejects with `TimeoutError`. Default: without end. */
  readonly timeout?: Duration;
}

/** What workflow code has in its hands: everything in it is recorded, or repeats in replay. */
export interface WorkflowContext {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: RunId;
  readonly workflowType: string;

  /**
   * Does work with side effects, at least once, and records the outcome once.
   * @param name shown to operators and checked in replay; need not be unique
   * @returns what the function gave, as it reads back from the history
   * @throws StepError when the last attempt failed; `CancelledError` when the run is cancelled
   */
  step<Result>(name: string, work: StepFunction<Result>, options?: StepOptions<Result>): Promise<Result>;

  /** Waits durably: for milliseconds or for years, across crashes and deploys. Never wakes early. */
  sleep(duration: Duration): Promise<void>;

  /**
   * Takes the next signal of that name, in the order of the log; one that came before the wait counts.
   * @throws TimeoutError when `timeout` passed first; `CancelledError` when the run is cancelled
   */
  signal<T>(signal: SignalDefinition<T>, options?: SignalWaitOptions): Promise<T>;
  signal(signal: string, options?: SignalWaitOptions): Promise<unknown>;

  /**
   * Calls `handler` for each signal of that name, those already received first. A handler may wait and run steps; the
   * run doesn't close before all have ended, unless the workflow's option `unfinishedHandlers` says otherwise.
   *
   * With `defaultSignal` it is called for each signal that has no handler of its own and that nobody waits for when it
   * comes: such a signal isn't kept for a later wait.
   */
  onSignal<T>(signal: SignalDefinition<T>, handler: (payload: T) => void | Promise<void>): void;
  onSignal(signal: string, handler: (payload: unknown) => void | Promise<void>): void;
  onSignal(signal: DefaultSignal, handler: (name: string, payload: unknown) => void | Promise<void>): void;

  /** Answers queries of that name from the state that the run has; must not change it or wait. */
  onQuery<Result, Args>(query: QueryDefinition<Result, Args>, handler: (args: Args) => Result): void;
  onQuery(query: string, handler: (args: unknown) => unknown): void;

  /**
   * Carries out updates of that name: messages whose sender awaits the answer. A handler may wait and run steps; the run
   * doesn't close before all have ended, unless `unfinishedHandlers` says otherwise. What it throws goes to the sender.
   */
  onUpdate<Result, Args>(
    update: UpdateDefinition<Result, Args>,
    handler: (args: Args) => Result | Promise<Result>,
    options?: UpdateHandlerOptions<Args>,
  ): void;
  onUpdate(update: string, handler: (args: unknown) => unknown, options?: UpdateHandlerOptions<unknown>): void;

  /**
   * Waits until the run's own state fulfils something, as a signal or an update may have changed it. Looked at whenever
   * the code comes to rest; `isMet` must only read.
   * @returns false when `timeout` passed first
   */
  condition(isMet: () => boolean, options?: ConditionOptions): Promise<boolean>;

  /**
   * Starts a child workflow; resolves when its start is durable.
   * @throws RecordedError `WORKFLOW_ALREADY_STARTED`, `UNKNOWN_WORKFLOW_TYPE`, `VALIDATION_FAILED`
   */
  startChild<Input, Output>(
    workflow: WorkflowReference<Input, Output>,
    ...options: ChildArguments<Input>
  ): Promise<ChildHandle<Output>>;
  /** Starts a child workflow and waits for its result. */
  executeChild<Input, Output>(
    workflow: WorkflowReference<Input, Output>,
    ...options: ChildArguments<Input>
  ): Promise<Output>;

  /**
   * Sends a signal to any execution of the namespace; resolves when it is durable there.
   * @throws StepError `EXECUTION_NOT_FOUND`, `EXECUTION_CLOSED`
   */
  signalWorkflow<T>(workflowId: string, signal: SignalDefinition<T>, payload: T): Promise<void>;
  signalWorkflow(workflowId: string, signal: string, payload?: unknown): Promise<void>;

  /**
   * Ends the run and goes on in a new one with this input: for workflows that run for ever. Signals that nobody has taken
   * and updates that nobody has begun go over to it. Never resolves; what the code does after it has no effect.
   * @param input or a function that gives it: it is asked for when all message handlers have ended, so that what they
   * still change goes over too
   */
  continueAsNew(input?: unknown): Promise<never>;

  /**
   * A scope of cancellation: leaving it cancels what was started with its context and is still under way. With native
   * combinators in it, the losers of a race end: `ctx.scope((ctx) => Promise.race([…]))`.
   */
  scope<Result>(work: (ctx: WorkflowContext) => Promise<Result>, options?: ScopeOptions): Promise<Result>;

  /**
   * Works on many items, so many at a time, with ordered results.
   * @throws what an item failed with, once more than `tolerate` have failed; the others are cancelled
   */
  map<Item, Result>(
    items: readonly Item[],
    work: (ctx: WorkflowContext, item: Item, index: number) => Promise<Result>,
    options: MapOptions & { readonly tolerate: number },
  ): Promise<(Result | undefined)[]>;
  map<Item, Result>(
    items: readonly Item[],
    work: (ctx: WorkflowContext, item: Item, index: number) => Promise<Result>,
    options?: MapOptions,
  ): Promise<Result[]>;

  /**
   * True in runs that take the new branch of a change in the code: those that first come here with the new code. Runs
   * whose history went by without it keep the old branch, in every replay.
   */
  patch(id: string): boolean;

  /** Adds or changes what the execution can be found by. */
  setSearchAttributes(attributes: SearchAttributes): void;

  /** Whether the run, or the scope of this context, was asked to end. */
  readonly isCancelled: boolean;

  /** The time of the event being applied: the same in every replay. `new Date()` gives the same. */
  now(): Date;
  /** Uniform in [0, 1), seeded by the run's ID. `Math.random()` gives the same sequence. */
  random(): number;
  /** A version 4 UUID, seeded by the run's ID. `crypto.randomUUID()` gives the same sequence. */
  uuid(): string;

  /** Runs `work` with a context that cancellation doesn't reach: for clean-up. */
  uncancellable<Result>(work: (ctx: WorkflowContext) => Promise<Result>): Promise<Result>;
}

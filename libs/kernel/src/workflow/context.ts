import type { Duration } from '../duration/duration.js';
import type { RunId, StepId } from '../execution/events.js';
import type { RetryOptions } from '../steps/retry-policy.js';
import type { QueryDefinition, SignalDefinition } from './message-definitions.js';

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
}

/** The work of a step: runs outside the workflow, with the real clock and real I/O, at least once. */
export type StepFunction<Result> = (step: StepContext) => Result | Promise<Result>;

export interface StepOptions<Result> {
  /** Default: tried again without end, after 500 ms and up to a minute. */
  readonly retry?: RetryOptions;
  /** How long one attempt may run; then it is aborted and counts as failed. Default: without end. */
  readonly timeout?: Duration;
  /** Undoes the step when the run fails or is cancelled later on; a step of its own, retried and recorded. */
  readonly compensate?: (result: Result, step: StepContext) => unknown;
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
   * run doesn't close before all have ended.
   */
  onSignal<T>(signal: SignalDefinition<T>, handler: (payload: T) => void | Promise<void>): void;
  onSignal(signal: string, handler: (payload: unknown) => void | Promise<void>): void;

  /** Answers queries of that name from the state that the run has; must not change it or wait. */
  onQuery<Result, Args>(query: QueryDefinition<Result, Args>, handler: (args: Args) => Result): void;
  onQuery(query: string, handler: (args: unknown) => unknown): void;

  /** The time of the event being applied: the same in every replay. `new Date()` gives the same. */
  now(): Date;
  /** Uniform in [0, 1), seeded by the run's ID. `Math.random()` gives the same sequence. */
  random(): number;
  /** A version 4 UUID, seeded by the run's ID. `crypto.randomUUID()` gives the same sequence. */
  uuid(): string;

  /** Runs `work` with a context that cancellation doesn't reach: for clean-up. */
  uncancellable<Result>(work: (ctx: WorkflowContext) => Promise<Result>): Promise<Result>;
}

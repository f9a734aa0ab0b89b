import { toMillis } from '../duration/duration.js';
import { StepError } from '../errors/workflow-errors.js';
import type { StepFailed, StepId, StepScheduled, StepSucceeded } from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import { toRetryPolicy } from '../steps/retry-policy.js';
import type { StepFunction, StepOptions } from '../workflow/context.js';
import type { AskedStep, StepTimeLimits } from './asked-step.js';
import type { Compensation } from './compensations.js';
import type { RunCore } from './run-core.js';
import type { Scope } from './scope.js';
import { revive } from './revive.js';
import { openWait, rejected, rejectWait } from './wait.js';

export interface AskStepOptions extends StepOptions<unknown> {
  /** The step that this one undoes. */
  readonly compensates?: StepId;
}

const noLimits: StepTimeLimits = {};

/** The steps that workflow code has asked for and whose outcome isn't known yet. */
export class StepAsks {
  /** How to undo what has succeeded, oldest first. */
  readonly compensations: Compensation[] = [];
  /** Whether any step so far could be undone, if it succeeded. */
  hasCompensations = false;
  readonly #asked = new Map<StepId, AskedStep>();
  #nextId = 0;

  constructor(private readonly core: RunCore) {}

  get isWaiting(): boolean {
    return this.#asked.size > 0;
  }

  get(stepId: StepId): AskedStep | undefined {
    return this.#asked.get(stepId);
  }

  ask(scope: Scope, name: string, work: StepFunction<unknown>, options: AskStepOptions = {}): Promise<unknown> {
    this.core.assertUsable('ctx.step');
    if (scope.cancelled) return rejected(scope.cancelled);
    const retry = toRetryPolicy(options.retry);
    const limits = toLimits(options);
    const { schema, compensate, cancellation = compensate ? 'wait' : 'try', atMostOnce = false } = options;
    const stepId = this.#nextId++;
    const wait = openWait(scope);
    if (compensate) this.hasCompensations = true;
    this.#asked.set(stepId, {
      stepId,
      name,
      work,
      retry,
      limits,
      isAtMostOnce: atMostOnce,
      cancellation,
      schema,
      compensate,
      wait,
      isCancelRequested: false,
    });
    this.core.decide(scheduled(stepId, name, options));
    return wait.promise;
  }

  /** Nothing when the code no longer waits for it. */
  succeed({ stepId, result }: StepSucceeded): void {
    const step = this.#take(stepId);
    if (!step) return;
    const { name, compensate } = step;
    if (compensate) {
      const undo: typeof compensate = (value, context) => compensate(this.#revive(step, value), context);
      this.compensations.push({ stepId, name, result, undo });
    }
    step.wait.resolve(this.#revive(step, decodePayload(result)));
  }

  fail({ stepId, attempt, failure }: StepFailed): void {
    const step = this.#take(stepId);
    if (step) rejectWait(step.wait, new StepError(step.name, attempt, failure));
  }

  /** Deals with the steps whose scope is cancelled, each as its mode says. */
  cancel(): void {
    for (const step of [...this.#asked.values()]) {
      if (step.wait.scope.cancelled) this.#cancelOne(step, step.wait.scope.cancelled);
    }
  }

  /**
   * Resolves when no step is under way that would have to be undone if it succeeded: before the run unwinds, since what
   * ends later would never be undone.
   */
  async undoableEnded(): Promise<void> {
    const undoable = [...this.#asked.values()].filter(({ compensate }) => compensate);
    for (const step of undoable) this.#requestCancel(step);
    await Promise.allSettled(undoable.map(({ wait }) => wait.promise));
  }

  #cancelOne(step: AskedStep, error: Error): void {
    const { stepId, cancellation, wait } = step;
    if (cancellation === 'wait') return this.#requestCancel(step);
    this.#asked.delete(stepId);
    this.core.decide(
      cancellation === 'abandon'
        ? { type: 'StepCancelled', version: 1, stepId, abandoned: true }
        : { type: 'StepCancelled', version: 1, stepId },
    );
    rejectWait(wait, error);
  }

  #requestCancel(step: AskedStep): void {
    if (step.isCancelRequested) return;
    step.isCancelRequested = true;
    this.core.decide({ type: 'StepCancelRequested', version: 1, stepId: step.stepId });
  }

  #revive({ schema }: AskedStep, recorded: unknown): unknown {
    return schema ? revive(this.core.host, schema, recorded) : recorded;
  }

  #take(stepId: StepId): AskedStep | undefined {
    const step = this.#asked.get(stepId);
    this.#asked.delete(stepId);
    return step;
  }
}

function scheduled(stepId: StepId, name: string, { compensates, atMostOnce }: AskStepOptions): StepScheduled {
  if (compensates === undefined && !atMostOnce) return { type: 'StepScheduled', version: 1, stepId, name };
  return {
    type: 'StepScheduled',
    version: 1,
    stepId,
    name,
    ...(compensates !== undefined && { compensates }),
    ...(atMostOnce && { atMostOnce }),
  };
}

function toLimits({ timeout, startTimeout, totalTimeout, heartbeatTimeout }: AskStepOptions): StepTimeLimits {
  if (
    timeout === undefined &&
    startTimeout === undefined &&
    totalTimeout === undefined &&
    heartbeatTimeout === undefined
  ) {
    return noLimits;
  }
  return {
    ...(timeout !== undefined && { attemptMs: toMillis(timeout, 'timeout') }),
    ...(startTimeout !== undefined && { startMs: toMillis(startTimeout, 'startTimeout') }),
    ...(totalTimeout !== undefined && { totalMs: toMillis(totalTimeout, 'totalTimeout') }),
    ...(heartbeatTimeout !== undefined && { heartbeatMs: toMillis(heartbeatTimeout, 'heartbeatTimeout') }),
  };
}

import { toMillis } from '../duration/duration.js';
import { StepError } from '../errors/workflow-errors.js';
import type { StepFailed, StepId, StepSucceeded } from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import { toRetryPolicy } from '../steps/retry-policy.js';
import type { StepFunction, StepOptions } from '../workflow/context.js';
import type { AskedStep } from './asked-step.js';
import type { Compensation } from './compensations.js';
import type { RunCore } from './run-core.js';
import type { Scope } from './scope.js';
import { openWait, rejected, rejectWait } from './wait.js';

export interface AskStepOptions extends StepOptions<unknown> {
  /** The step that this one undoes. */
  readonly compensates?: StepId;
}

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
    const timeoutMs = options.timeout === undefined ? undefined : toMillis(options.timeout, 'timeout');
    const stepId = this.#nextId++;
    const wait = openWait(scope);
    const { compensate, compensates } = options;
    if (compensate) this.hasCompensations = true;
    this.#asked.set(stepId, { stepId, name, work, retry, timeoutMs, compensate, wait });
    this.core.decide(
      compensates === undefined
        ? { type: 'StepScheduled', version: 1, stepId, name }
        : { type: 'StepScheduled', version: 1, stepId, name, compensates },
    );
    return wait.promise;
  }

  /** Nothing when the code no longer waits for it. */
  succeed({ stepId, result }: StepSucceeded): void {
    const step = this.#take(stepId);
    if (!step) return;
    if (step.compensate) this.compensations.push({ stepId, name: step.name, result, undo: step.compensate });
    step.wait.resolve(decodePayload(result));
  }

  fail({ stepId, attempt, failure }: StepFailed): void {
    const step = this.#take(stepId);
    if (step) rejectWait(step.wait, new StepError(step.name, attempt, failure));
  }

  /** Gives up the steps whose scope is cancelled. */
  cancel(): void {
    for (const { stepId, wait } of [...this.#asked.values()]) {
      if (!wait.scope.cancelled) continue;
      this.#asked.delete(stepId);
      this.core.decide({ type: 'StepCancelled', version: 1, stepId });
      rejectWait(wait, wait.scope.cancelled);
    }
  }

  #take(stepId: StepId): AskedStep | undefined {
    const step = this.#asked.get(stepId);
    this.#asked.delete(stepId);
    return step;
  }
}

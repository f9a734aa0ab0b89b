import type { RunId, StepId } from '@fermata/kernel';
import type { AttemptRun } from './attempt-run.js';

/** An attempt that waits for its turn, waits for its begin to be recorded, or runs. */
export type KnownStep = 'waiting' | AttemptRun;

/** The attempts that this node has under way, by run. */
export class KnownSteps {
  readonly #runs = new Map<RunId, Map<StepId, KnownStep>>();

  get(runId: RunId, stepId: StepId): KnownStep | undefined {
    return this.#runs.get(runId)?.get(stepId);
  }

  set(runId: RunId, stepId: StepId, known: KnownStep): void {
    const steps = this.#runs.get(runId);
    if (steps) steps.set(stepId, known);
    else this.#runs.set(runId, new Map([[stepId, known]]));
  }

  delete(runId: RunId, stepId: StepId): void {
    const steps = this.#runs.get(runId);
    if (steps?.delete(stepId) && steps.size === 0) this.#runs.delete(runId);
  }

  has(runId: RunId): boolean {
    return this.#runs.has(runId);
  }

  stepsOf(runId: RunId): readonly StepId[] {
    return [...(this.#runs.get(runId)?.keys() ?? [])];
  }

  runs(): readonly RunId[] {
    return [...this.#runs.keys()];
  }
}

import { decodePayload, type CompletedLater, type StepContext, type StepId } from '@fermata/kernel';
import type { StepAttempt } from './step-attempt.js';
import { encodeStepToken } from './step-token.js';

/** What a step's function returns to leave its step open. */
export const completedLater = {} as CompletedLater;

/** The attempt that the function is called for. */
interface RunningAttempt {
  readonly attempt: StepAttempt;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  beat(details: unknown): void;
}

/** The running attempt, as far as its function sees it. */
export interface AttemptSource {
  readonly attempt: StepAttempt;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  beat(details: unknown): void;
}

/** What a step's function is told. Made for each attempt, so that nothing is made of it before it is asked for. */
export class AttemptContext implements StepContext {
  readonly #run: RunningAttempt;

  constructor(run: RunningAttempt) {
    this.#run = run;
  }

  get idempotencyKey(): string {
    return this.#run.idempotencyKey;
  }

  get attempt(): number {
    return this.#run.attempt.pending.attempt;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  get name(): string {
    return this.#run.attempt.asked.name;
  }

  get stepId(): StepId {
    return this.#run.attempt.asked.stepId;
  }

  get workflowId(): string {
    return this.#run.attempt.target.workflowId;
  }

  get runId(): string {
    return this.#run.attempt.runId;
  }

  get lastHeartbeat(): unknown {
    const { heartbeat } = this.#run.attempt.pending;
    return heartbeat === undefined ? undefined : decodePayload(heartbeat);
  }

  get token(): string {
    const { target, runId, asked, pending } = this.#run.attempt;
    return encodeStepToken({ target, runId, stepId: asked.stepId, attempt: pending.attempt });
  }

  // Functions that may be taken out of the context, as in `({ heartbeat }) => …`.

  get heartbeat(): (details?: unknown) => void {
    return (details) => {
      this.#run.beat(details);
    };
  }

  get completeLater(): () => CompletedLater {
    return () => completedLater;
  }
}

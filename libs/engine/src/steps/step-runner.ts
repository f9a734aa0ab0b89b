import {
  checkPayloadSize,
  encodePayload,
  FermataError,
  judgeAttempt,
  toFailure,
  type AskedStep,
  type EpochMs,
  type ExecutionTarget,
  type PendingStep,
  type RunId,
  type StepContext,
  type StepId,
  type StepOutcome,
} from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { Random } from '../clock/random.js';
import { RecordStepOutcome } from '../commands/record-step-outcome.js';
import { enterStep } from '../determinism/run-storage.js';
import type { EngineLimits } from '../limits.js';

export interface StepRunnerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: EngineLimits;
  /** Records an outcome. Must not reject. */
  readonly report: (command: RecordStepOutcome) => void;
}

/** One attempt of a step, ready to run. */
export interface StepAttempt {
  readonly target: ExecutionTarget;
  readonly runId: RunId;
  readonly asked: AskedStep;
  readonly pending: PendingStep;
}

interface Running {
  readonly abort: AbortController;
}

/** Runs steps' functions, so many at a time, and reports how each attempt ended. */
export class StepRunner {
  readonly #queue: StepAttempt[] = [];
  #queueHead = 0;
  /** Attempts that wait or run. */
  readonly #known = new Map<RunId, Map<StepId, Running | 'waiting'>>();
  #runningCount = 0;
  #isStopped = false;
  #whenQuiet: (() => void) | undefined;

  constructor(private readonly parts: StepRunnerParts) {}

  /** Takes an attempt, unless the same step waits or runs already. */
  submit(attempt: StepAttempt): void {
    const { runId, asked } = attempt;
    if (this.#isStopped || this.#known.get(runId)?.has(asked.stepId)) return;
    this.#know(runId, asked.stepId, 'waiting');
    this.#queue.push(attempt);
    this.#fill();
  }

  /** Aborts a step that nobody waits for any longer. */
  cancel(runId: RunId, stepId: StepId, reason: unknown): void {
    const known = this.#known.get(runId)?.get(stepId);
    this.#forget(runId, stepId);
    if (known && known !== 'waiting') known.abort.abort(reason);
  }

  /** Aborts all steps of a run. */
  cancelRun(runId: RunId, reason: unknown): void {
    for (const stepId of [...(this.#known.get(runId)?.keys() ?? [])]) this.cancel(runId, stepId, reason);
  }

  /** Whether a step of the run waits or runs here. */
  hasStepsOf(runId: RunId): boolean {
    return this.#known.has(runId);
  }

  /** Takes nothing new; resolves when what runs has ended, or at `giveUp`, after which the rest is aborted. */
  async stop(giveUp: Promise<void>): Promise<void> {
    this.#isStopped = true;
    this.#queue.length = 0;
    this.#queueHead = 0;
    const quiet = new Promise<void>((resolve) => (this.#whenQuiet = resolve));
    if (this.#runningCount > 0) await Promise.race([quiet, giveUp]);
    for (const runId of [...this.#known.keys()]) this.cancelRun(runId, stopping());
  }

  #know(runId: RunId, stepId: StepId, known: Running | 'waiting'): void {
    const ofRun = this.#known.get(runId);
    if (ofRun) ofRun.set(stepId, known);
    else this.#known.set(runId, new Map([[stepId, known]]));
  }

  #forget(runId: RunId, stepId: StepId): void {
    const ofRun = this.#known.get(runId);
    if (ofRun?.delete(stepId) && ofRun.size === 0) this.#known.delete(runId);
  }

  #fill(): void {
    while (this.#runningCount < this.parts.limits.stepsRunningMax) {
      const attempt = this.#queue[this.#queueHead];
      if (!attempt) break;
      this.#queueHead++;
      // Cancelled while it waited.
      if (this.#known.get(attempt.runId)?.get(attempt.asked.stepId) === 'waiting') void this.#run(attempt);
    }
    if (this.#queueHead === this.#queue.length && this.#queueHead > 0) {
      this.#queue.length = 0;
      this.#queueHead = 0;
    }
  }

  async #run(attempt: StepAttempt): Promise<void> {
    const { runId, asked } = attempt;
    const running: Running = { abort: new AbortController() };
    this.#know(runId, asked.stepId, running);
    this.#runningCount++;
    const startedAt = this.parts.clock.now();
    const outcome = await this.#outcomeOf(attempt, running);
    this.#runningCount--;
    const isWanted = this.#known.get(runId)?.get(asked.stepId) === running;
    if (isWanted) {
      this.#forget(runId, asked.stepId);
      this.#report(attempt, outcome, startedAt);
    }
    if (this.#runningCount === 0) this.#whenQuiet?.();
    this.#fill();
  }

  #report({ target, runId, asked, pending }: StepAttempt, outcome: StepOutcome, startedAt: EpochMs): void {
    const durationMs = this.parts.clock.now() - startedAt;
    const { attempt } = pending;
    this.parts.report(new RecordStepOutcome(target, { runId, stepId: asked.stepId, attempt, durationMs, outcome }));
  }

  async #outcomeOf(attempt: StepAttempt, running: Running): Promise<StepOutcome> {
    try {
      const value = await this.#call(attempt, running);
      const what = `result of step "${attempt.asked.name}"`;
      const result = value === undefined ? nothing : encodePayload(value, what);
      checkPayloadSize(result, this.parts.limits.payloadBytesMax, what);
      return { kind: 'succeeded', result };
    } catch (thrown) {
      return this.#judge(attempt, thrown);
    }
  }

  #judge({ asked, pending }: StepAttempt, thrown: unknown): StepOutcome {
    // The work was done, and doing it again gives no smaller or better value.
    if (isUnrecordable(thrown)) return { kind: 'failed', failure: toFailure(thrown) };
    const { retryAt, failure } = judgeAttempt(asked.retry, {
      attempt: pending.attempt,
      thrown,
      scheduledAt: pending.scheduledAt,
      now: this.parts.clock.now(),
      random: this.parts.random.next(),
    });
    return retryAt === undefined
      ? { kind: 'failed', failure }
      : { kind: 'attempt-failed', failure, nextAttemptAt: retryAt };
  }

  #call({ target, runId, asked, pending }: StepAttempt, { abort }: Running): unknown {
    const step: StepContext = {
      idempotencyKey: `${runId}:${asked.stepId}`,
      attempt: pending.attempt,
      signal: abort.signal,
      name: asked.name,
      stepId: asked.stepId,
      workflowId: target.workflowId,
      runId,
    };
    const work = enterStep(asked.name, () => asked.work(step));
    return asked.timeoutMs === undefined ? work : this.#within(asked, abort, work);
  }

  #within({ name, timeoutMs = 0 }: AskedStep, abort: AbortController, work: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const forget = this.parts.clock.after(timeoutMs, () => {
        const error = stepTimedOut(name, timeoutMs);
        abort.abort(error);
        reject(error);
      });
      Promise.resolve(work).then(resolve, reject).finally(forget);
    });
  }
}

const nothing = encodePayload(undefined);

function isUnrecordable(thrown: unknown): boolean {
  return (
    thrown instanceof FermataError && (thrown.code === 'PAYLOAD_TOO_LARGE' || thrown.code === 'PAYLOAD_NOT_RECORDABLE')
  );
}

function stepTimedOut(name: string, timeoutMs: number): FermataError {
  return new FermataError('STEP_TIMED_OUT', {
    message: `An attempt of step "${name}" took longer than its ${timeoutMs} ms.`,
    fix: 'Raise its timeout, or let its work end sooner when its signal aborts.',
  });
}

function stopping(): FermataError {
  return new FermataError('ENGINE_STOPPED', {
    message: 'This node is stopping.',
    fix: 'Nothing: the step is run again on another node or after the start, and this attempt does not count.',
  });
}

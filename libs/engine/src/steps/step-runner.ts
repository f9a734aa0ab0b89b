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
  /** Attempts that wait or run, by run and step. */
  readonly #known = new Map<string, Running | 'waiting'>();
  #runningCount = 0;
  #isStopped = false;
  #whenQuiet: (() => void) | undefined;

  constructor(private readonly parts: StepRunnerParts) {}

  /** Takes an attempt, unless the same step waits or runs already. */
  submit(attempt: StepAttempt): void {
    const key = keyOf(attempt.runId, attempt.asked.stepId);
    if (this.#isStopped || this.#known.has(key)) return;
    this.#known.set(key, 'waiting');
    this.#queue.push(attempt);
    this.#fill();
  }

  /** Aborts a step that nobody waits for any longer. */
  cancel(runId: RunId, stepId: StepId, reason: unknown): void {
    const key = keyOf(runId, stepId);
    const known = this.#known.get(key);
    this.#known.delete(key);
    if (known && known !== 'waiting') known.abort.abort(reason);
  }

  isKnown(runId: RunId, stepId: StepId): boolean {
    return this.#known.has(keyOf(runId, stepId));
  }

  /** Takes nothing new; resolves when what runs has ended, or at `giveUp`, after which the rest is aborted. */
  async stop(giveUp: Promise<void>): Promise<void> {
    this.#isStopped = true;
    this.#queue.length = 0;
    this.#queueHead = 0;
    const quiet = new Promise<void>((resolve) => (this.#whenQuiet = resolve));
    if (this.#runningCount > 0) await Promise.race([quiet, giveUp]);
    for (const known of this.#known.values()) if (known !== 'waiting') known.abort.abort(stopping());
    this.#known.clear();
  }

  #fill(): void {
    while (this.#runningCount < this.parts.limits.stepsRunningMax) {
      const attempt = this.#queue[this.#queueHead];
      if (!attempt) break;
      this.#queueHead++;
      // Cancelled while it waited.
      if (this.#known.get(keyOf(attempt.runId, attempt.asked.stepId)) === 'waiting') void this.#run(attempt);
    }
    if (this.#queueHead === this.#queue.length && this.#queueHead > 0) {
      this.#queue.length = 0;
      this.#queueHead = 0;
    }
  }

  async #run(attempt: StepAttempt): Promise<void> {
    const key = keyOf(attempt.runId, attempt.asked.stepId);
    const running: Running = { abort: new AbortController() };
    this.#known.set(key, running);
    this.#runningCount++;
    const startedAt = this.parts.clock.now();
    const outcome = await this.#outcomeOf(attempt, running);
    this.#runningCount--;
    const isWanted = this.#known.get(key) === running;
    if (isWanted) {
      this.#known.delete(key);
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

function keyOf(runId: RunId, stepId: StepId): string {
  return `${runId}:${stepId}`;
}

function isUnrecordable(thrown: unknown): boolean {
  return thrown instanceof FermataError && (thrown.code === 'PAYLOAD_TOO_LARGE' || thrown.code === 'PAYLOAD_NOT_RECORDABLE');
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

import {
  CancelledError,
  checkPayloadSize,
  encodePayload,
  FermataError,
  judgeAttempt,
  toFailure,
  type AskedStep,
  type ErrorCode,
  type Millis,
  type Payload,
  type RunId,
  type StepId,
  type StepOutcome,
  type StepProgress,
} from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { Random } from '../clock/random.js';
import { RecordStepOutcome } from '../commands/record-step-outcome.js';
import { RecordStepProgress } from '../commands/record-step-progress.js';
import type { EngineLimits } from '../limits.js';
import type { SchemaReader } from '../schemas/schema-reader.js';
import { AttemptRun, type AttemptEnd } from './attempt-run.js';
import { KnownSteps } from './known-steps.js';
import { runAgain } from './run-again.js';
import type { StepAttempt } from './step-attempt.js';
import type { ChooseStepFunction, FailedCheck } from './step-checks.js';
import { heartbeatMissed, nodeStopping, stepOutcomeUnknown, stepTimedOut } from './step-errors.js';

export interface StepRunnerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: EngineLimits;
  readonly schemas: SchemaReader;
  /** Records an outcome. Must not reject. */
  readonly report: (command: RecordStepOutcome) => void;
  /** Records progress; false when the attempt no longer counts, or that can't be known. */
  readonly progress: (command: RecordStepProgress) => Promise<boolean>;
  /** What runs for each step. Default: its own function. */
  readonly stepFunction?: ChooseStepFunction;
  /** Present when each successful step is run once more: told of those that give something else. */
  readonly onCheckFailed?: (failed: FailedCheck) => void;
}

/** Runs steps' functions, so many at a time, and reports how each attempt ended. */
export class StepRunner {
  readonly #queue: StepAttempt[] = [];
  #queueHead = 0;
  readonly #known = new KnownSteps();
  #runningCount = 0;
  #isStopped = false;
  #whenQuiet: (() => void) | undefined;

  constructor(private readonly parts: StepRunnerParts) {}

  /** Takes an attempt, unless the same step waits or runs already. */
  submit(attempt: StepAttempt): void {
    const { runId, asked, pending } = attempt;
    if (this.#isStopped || this.#known.get(runId, asked.stepId)) return;
    if (asked.isAtMostOnce && pending.isStarted) {
      this.#report(attempt, { kind: 'failed', failure: toFailure(stepOutcomeUnknown(asked.name)) }, 0);
      return;
    }
    this.#known.set(runId, asked.stepId, 'waiting');
    this.#queue.push(attempt);
    this.#fill();
    this.#limitWait(attempt);
  }

  /** Aborts a step that nobody waits for any longer; how it ends is of no interest. */
  cancel(runId: RunId, stepId: StepId, reason: unknown): void {
    const known = this.#known.get(runId, stepId);
    this.#known.delete(runId, stepId);
    if (known instanceof AttemptRun) known.abort(reasonFor(known, reason));
  }

  /** Forgets a step that is left to run. */
  abandon(runId: RunId, stepId: StepId): void {
    this.#known.delete(runId, stepId);
  }

  /** Asks a running step to end; how it does is reported. */
  requestCancel(runId: RunId, stepId: StepId, reason: unknown): void {
    const known = this.#known.get(runId, stepId);
    if (known instanceof AttemptRun) known.abort(reasonFor(known, reason));
  }

  /** Aborts all steps of a run. */
  cancelRun(runId: RunId, reason: unknown): void {
    for (const stepId of this.#known.stepsOf(runId)) this.cancel(runId, stepId, reason);
  }

  /** Fails an attempt that somebody outside had and didn't complete, or give a heartbeat of, in time. */
  endHandOut(attempt: StepAttempt, why: 'time' | 'heartbeat'): void {
    const { asked, pending } = attempt;
    const now = this.parts.clock.now();
    const { attemptAt, timeoutAt = now, heartbeatMs = 0 } = pending;
    const error =
      why === 'time'
        ? stepTimedOut(asked.name, 'An attempt', timeoutAt - attemptAt)
        : heartbeatMissed(asked.name, heartbeatMs);
    this.#report(attempt, this.#judge({ attempt, heartbeat: pending.heartbeat }, error), now - attemptAt);
  }

  isKnown(runId: RunId, stepId: StepId): boolean {
    return this.#known.get(runId, stepId) !== undefined;
  }

  /** Whether a step of the run waits or runs here. */
  hasStepsOf(runId: RunId): boolean {
    return this.#known.has(runId);
  }

  /** Steps whose functions run at this moment. */
  get runningCount(): number {
    return this.#runningCount;
  }

  /** Takes nothing new; resolves when what runs has ended, or at `giveUp`, after which the rest is aborted. */
  async stop(giveUp: Promise<void>): Promise<void> {
    this.#isStopped = true;
    this.#queue.length = 0;
    this.#queueHead = 0;
    const quiet = new Promise<void>((resolve) => (this.#whenQuiet = resolve));
    if (this.#runningCount > 0) await Promise.race([quiet, giveUp]);
    for (const runId of this.#known.runs()) {
      for (const stepId of this.#known.stepsOf(runId)) this.#recordLastHeartbeat(runId, stepId);
      this.cancelRun(runId, nodeStopping());
    }
  }

  #fill(): void {
    while (this.#runningCount < this.parts.limits.stepsRunningMax) {
      const attempt = this.#queue[this.#queueHead];
      if (!attempt) break;
      this.#queueHead++;
      // Cancelled while it waited.
      if (this.#known.get(attempt.runId, attempt.asked.stepId) === 'waiting') void this.#run(attempt);
    }
    if (this.#queueHead === this.#queue.length && this.#queueHead > 0) {
      this.#queue.length = 0;
      this.#queueHead = 0;
    }
  }

  /** A step that is still waiting when its time for that is over fails. */
  #limitWait(attempt: StepAttempt): void {
    const { runId, asked, pending } = attempt;
    const { startMs } = asked.limits;
    if (startMs === undefined || pending.attempt > 1 || this.#known.get(runId, asked.stepId) !== 'waiting') return;
    this.parts.clock.after(Math.max(0, pending.scheduledAt + startMs - this.parts.clock.now()), () => {
      if (this.#known.get(runId, asked.stepId) !== 'waiting') return;
      this.#known.delete(runId, asked.stepId);
      const failure = toFailure(stepTimedOut(asked.name, 'The wait for the first attempt', startMs));
      this.#report(attempt, { kind: 'failed', failure }, 0);
    });
  }

  async #run(attempt: StepAttempt): Promise<void> {
    const { runId, asked } = attempt;
    this.#runningCount++;
    if (asked.isAtMostOnce && !(await this.#progress(attempt, { kind: 'started' }))) {
      this.#known.delete(runId, asked.stepId);
      this.#ended();
      return;
    }
    const running = new AttemptRun(attempt, {
      clock: this.parts.clock,
      stepFunction: this.parts.stepFunction,
      recordHeartbeat: (details) => void this.#recordHeartbeat(running, { kind: 'heartbeat', details }),
    });
    this.#known.set(runId, asked.stepId, running);
    // Asked for while it waited, or before the node was started.
    if (asked.isCancelRequested) running.abort(reasonFor(running, new CancelledError()));
    const outcome = await this.#outcomeOf(running);
    // Cancelled, abandoned, or handed over to another node in the meantime: then nobody wants to know.
    if (this.#known.get(runId, asked.stepId) === running) {
      this.#known.delete(runId, asked.stepId);
      if (outcome !== 'handed-out') this.#report(attempt, outcome, this.parts.clock.now() - running.startedAt);
    }
    this.#ended();
  }

  #ended(): void {
    this.#runningCount--;
    if (this.#runningCount === 0) this.#whenQuiet?.();
    this.#fill();
  }

  /** For the attempt that follows on another node. */
  #recordLastHeartbeat(runId: RunId, stepId: StepId): void {
    const known = this.#known.get(runId, stepId);
    if (known instanceof AttemptRun) known.recordLastHeartbeat();
  }

  async #recordHeartbeat(running: AttemptRun, progress: StepProgress): Promise<void> {
    const isCurrent = await this.#progress(running.attempt, progress);
    if (!isCurrent) running.abort(new Error('the attempt no longer counts'));
  }

  #progress({ target, runId, asked, pending }: StepAttempt, progress: StepProgress): Promise<boolean> {
    const { attempt } = pending;
    return this.parts.progress(new RecordStepProgress(target, { runId, stepId: asked.stepId, attempt, progress }));
  }

  #report({ target, runId, asked, pending }: StepAttempt, outcome: StepOutcome, durationMs: Millis): void {
    const { attempt } = pending;
    this.parts.report(new RecordStepOutcome(target, { runId, stepId: asked.stepId, attempt, durationMs, outcome }));
  }

  async #outcomeOf(running: AttemptRun): Promise<StepOutcome | 'handed-out'> {
    const { asked } = running.attempt;
    try {
      const end: AttemptEnd = await running.run();
      if ('isHandedOut' in end) {
        await this.#progress(running.attempt, { kind: 'handed-out', limits: running.handOutLimits });
        return 'handed-out';
      }
      const outcome = await this.#record(asked, end.value);
      if (outcome.kind === 'succeeded' && this.parts.onCheckFailed && !asked.isAtMostOnce) {
        await this.#check(running, outcome.result);
      }
      return outcome;
    } catch (thrown) {
      return this.#judge(running, thrown);
    }
  }

  /** The work has been done, and doing it again gives no other value: what can't be recorded fails the step. */
  async #record({ name, schema }: AskedStep, value: unknown): Promise<StepOutcome> {
    const what = `result of step "${name}"`;
    try {
      const valid = schema ? await this.parts.schemas.validate(schema, value, what) : value;
      const result = valid === undefined ? nothing : encodePayload(valid, what);
      checkPayloadSize(result, this.parts.limits.payloadBytesMax, what);
      return { kind: 'succeeded', result };
    } catch (thrown) {
      return { kind: 'failed', failure: toFailure(thrown) };
    }
  }

  async #check(running: AttemptRun, result: Payload): Promise<void> {
    const failed = await runAgain(running, result);
    if (failed) this.parts.onCheckFailed?.(failed);
  }

  #judge(
    { attempt: { asked, pending }, heartbeat }: Pick<AttemptRun, 'attempt' | 'heartbeat'>,
    thrown: unknown,
  ): StepOutcome {
    const now = this.parts.clock.now();
    // Doing the work again would end the same way, or nobody wants it any more.
    if (isFinal(thrown) || asked.isCancelRequested || asked.isAtMostOnce) {
      return { kind: 'failed', failure: toFailure(thrown) };
    }
    const { retryAt, failure } = judgeAttempt(asked.retry, {
      attempt: pending.attempt,
      thrown,
      scheduledAt: pending.scheduledAt,
      now,
      random: this.parts.random.next(),
    });
    const { totalMs = Infinity } = asked.limits;
    if (retryAt === undefined || retryAt >= pending.scheduledAt + totalMs) return { kind: 'failed', failure };
    return { kind: 'attempt-failed', failure, nextAttemptAt: retryAt, ...(heartbeat !== undefined && { heartbeat }) };
  }
}

const nothing = encodePayload(undefined);

/** Faults in the step's code, which no other attempt would mend. */
const finalCodes: ReadonlySet<ErrorCode> = new Set(['PAYLOAD_TOO_LARGE', 'PAYLOAD_NOT_RECORDABLE', 'STEP_IN_STEP']);

function isFinal(thrown: unknown): boolean {
  return thrown instanceof FermataError && finalCodes.has(thrown.code);
}

/** Why the workflow gave the step up, if it did: the scope that it was in knows. */
function reasonFor({ attempt: { asked } }: AttemptRun, otherwise: unknown): unknown {
  return asked.wait.scope.cancelled ?? otherwise;
}

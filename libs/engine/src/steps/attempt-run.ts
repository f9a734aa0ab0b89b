import { encodePayload, type EpochMs, type HandOutLimits, type Millis, type Payload } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import { enterStep } from '../determinism/run-storage.js';
import { AttemptContext, completedLater, type AttemptSource } from './attempt-context.js';
import type { StepAttempt } from './step-attempt.js';
import type { ChooseStepFunction } from './step-checks.js';
import { heartbeatMissed, stepTimedOut } from './step-errors.js';

/** What a step's function returned. */
export type AttemptEnd = { readonly value: unknown } | { readonly isHandedOut: true };

export interface AttemptParts {
  readonly clock: Clock;
  /** Records how far the attempt is; called now and then, not at each heartbeat. */
  readonly recordHeartbeat: (details: Payload) => void;
  /** What runs for each step. Default: its own function. */
  readonly stepFunction?: ChooseStepFunction | undefined;
}

/** Heartbeats are recorded at most so often, unless a missed one is to be seen sooner. */
const heartbeatRecordMs: Millis = 10_000;

/** One attempt while it runs: its function, its time limits, its heartbeats. */
export class AttemptRun implements AttemptSource {
  readonly startedAt: EpochMs;
  /** The newest heartbeat's details. */
  heartbeat: Payload | undefined;
  #lastBeatAt: EpochMs;
  readonly #disarms = new Set<() => void>();
  #isRecordDue = false;
  #hasEnded = false;
  /** Made when somebody asks for it: most steps never do. */
  #abort: AbortController | undefined;

  constructor(
    readonly attempt: StepAttempt,
    private readonly parts: AttemptParts,
  ) {
    this.startedAt = parts.clock.now();
    this.#lastBeatAt = this.startedAt;
    this.heartbeat = attempt.pending.heartbeat;
  }

  /** The same for every attempt of the step, and for no other step. */
  get idempotencyKey(): string {
    return `${this.attempt.runId}:${this.attempt.asked.stepId}`;
  }

  /** The same attempt, to be run once more; nobody records how far it is. */
  again(): AttemptRun {
    return new AttemptRun(this.attempt, { ...this.parts, recordHeartbeat: () => undefined });
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  /** Tells the function that it does well to end. */
  abort(reason: unknown): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }

  /** Resolves with what the function returned; rejects with what it threw, or when a limit is passed. */
  async run(): Promise<AttemptEnd> {
    const { asked } = this.attempt;
    try {
      const call = this.parts.stepFunction?.(asked.name, asked.work) ?? asked.work;
      const work = enterStep(asked.name, () => call(new AttemptContext(this)));
      const value: unknown = await (this.#isLimited() ? this.#within(Promise.resolve(work)) : work);
      return value === completedLater ? { isHandedOut: true } : { value };
    } finally {
      this.#hasEnded = true;
      for (const disarm of this.#disarms) disarm();
    }
  }

  /** What it is still held to once somebody outside has it: its own time and that of all attempts, and heartbeats. */
  get handOutLimits(): HandOutLimits {
    const { asked, pending } = this.attempt;
    const { attemptMs = Infinity, totalMs = Infinity, heartbeatMs } = asked.limits;
    const timeoutAt = Math.min(this.startedAt + attemptMs, pending.scheduledAt + totalMs);
    return {
      ...(Number.isFinite(timeoutAt) && { timeoutAt }),
      ...(heartbeatMs !== undefined && { heartbeatMs }),
    };
  }

  #isLimited(): boolean {
    const { attemptMs, totalMs, heartbeatMs } = this.attempt.asked.limits;
    return attemptMs !== undefined || totalMs !== undefined || heartbeatMs !== undefined;
  }

  #within(work: Promise<unknown>): Promise<unknown> {
    const { asked, pending } = this.attempt;
    const { attemptMs, totalMs, heartbeatMs } = asked.limits;
    return new Promise((resolve, reject) => {
      const giveUp = (error: Error): void => {
        this.abort(error);
        reject(error);
      };
      work.then(resolve, reject);
      if (attemptMs !== undefined)
        this.#after(attemptMs, () => giveUp(stepTimedOut(asked.name, 'An attempt', attemptMs)));
      if (totalMs !== undefined) {
        const left = Math.max(0, pending.scheduledAt + totalMs - this.startedAt);
        this.#after(left, () => giveUp(stepTimedOut(asked.name, 'All', totalMs)));
      }
      if (heartbeatMs !== undefined) this.#watch(heartbeatMs, () => giveUp(heartbeatMissed(asked.name, heartbeatMs)));
    });
  }

  #watch(heartbeatMs: Millis, missed: () => void): void {
    const left = this.#lastBeatAt + heartbeatMs - this.parts.clock.now();
    if (left <= 0) missed();
    else this.#after(left, () => this.#watch(heartbeatMs, missed));
  }

  beat(details: unknown): void {
    this.#lastBeatAt = this.parts.clock.now();
    if (details === undefined || this.#hasEnded) return;
    this.heartbeat = encodePayload(details, 'heartbeat');
    if (this.#isRecordDue) return;
    this.#isRecordDue = true;
    const { heartbeatMs } = this.attempt.asked.limits;
    const everyMs = heartbeatMs === undefined ? heartbeatRecordMs : Math.min(heartbeatRecordMs, heartbeatMs / 2);
    this.#after(everyMs, () => {
      this.recordLastHeartbeat();
    });
  }

  /** Records the newest heartbeat now, unless it is recorded already. */
  recordLastHeartbeat(): void {
    if (!this.#isRecordDue || this.heartbeat === undefined) return;
    this.#isRecordDue = false;
    this.parts.recordHeartbeat(this.heartbeat);
  }

  #after(ms: Millis, call: () => void): void {
    const disarm = this.parts.clock.after(ms, () => {
      this.#disarms.delete(disarm);
      call();
    });
    this.#disarms.add(disarm);
  }
}

import type { EpochMs, ExecutionEvent, RunId } from '@fermata/kernel';
import fc from 'fast-check';
import type { StoredEvent } from '../event-store/event-store.js';
import { aFailure, aStart, LogBuilder, runIdOf, started, streamOf } from './read-model-builders.contract.js';

/** What a random history does next, in terms that shrink well: the interpreter picks from what is possible then. */
interface Act {
  readonly execution: number;
  readonly choice: number;
  readonly pick: number;
  readonly afterMs: number;
}

const anAct: fc.Arbitrary<Act> = fc.record({
  execution: fc.nat({ max: 4 }),
  choice: fc.nat({ max: 999 }),
  pick: fc.nat({ max: 9 }),
  afterMs: fc.nat({ max: 5_000 }),
});

/** Logs of a few executions in two namespaces whose runs step, wait, get stuck, are cancelled, close and begin again. */
export const aLog: fc.Arbitrary<readonly StoredEvent[]> = fc.array(anAct, { maxLength: 120 }).map((acts) => {
  const log = new LogBuilder();
  const executions = [0, 1, 2, 3, 4].map((number) => new Execution(number));
  let now = started;
  for (const { execution, choice, pick, afterMs } of acts) {
    now += afterMs;
    const actor = executions[execution];
    if (actor) log.add(actor.stream, now, ...actor.act(choice, pick, now));
  }
  return log.events;
});

/** What is possible next for one execution, by the rules that the kernel keeps. */
class Execution {
  readonly stream: string;
  #runs = 0;
  #run: OpenRun | undefined;

  constructor(private readonly number: number) {
    this.stream = streamOf(`order-${number}`, number % 2 === 0 ? 'default' : 'staging');
  }

  act(choice: number, pick: number, now: EpochMs): readonly ExecutionEvent[] {
    if (!this.#run) return [this.#start(pick)];
    const acts = this.#run.acts(pick, now);
    const events = acts[choice % acts.length]?.() ?? [];
    if (events.some(({ type }) => closings.has(type))) this.#run = undefined;
    return events;
  }

  #start(pick: number): ExecutionEvent {
    this.#run = new OpenRun();
    const runId: RunId = runIdOf(this.number * 1_000 + this.#runs++);
    const workflowType = pick % 2 === 0 ? 'checkout' : 'trip';
    return aStart({ runId, workflowType, ...(pick > 5 && { buildId: `build-${pick}` }) });
  }
}

const closings = new Set(['WorkflowCompleted', 'WorkflowFailed', 'WorkflowCancelled', 'WorkflowTerminated']);
class OpenRun {
  /** By step, its attempt. */
  readonly #steps = new Map<number, number>();
  readonly #timers = new Set<number>();
  #nextStep = 0;
  #nextTimer = 0;
  #nextWait = 0;
  #isStuck = false;

  acts(pick: number, now: EpochMs): readonly (() => readonly ExecutionEvent[])[] {
    const fromOutside = [
      () => this.#signal(pick),
      () => [{ type: 'CancelRequested', version: 1 }] as const,
      () => this.#toggleStuck(),
      ...(pick > 7 ? [() => this.#end(pick)] : []),
    ];
    if (this.#isStuck) return fromOutside;
    return [
      ...fromOutside,
      () => this.#scheduleSteps(pick),
      () => this.#startTimer(now + pick * 1_000),
      () => this.#awaitSignal(pick, now),
      () => this.#settleStep(pick, now),
      () => this.#settleStep(pick, now),
      () => this.#settleTimer(pick),
    ];
  }

  #signal(pick: number): readonly ExecutionEvent[] {
    return [{ type: 'SignalReceived', version: 1, name: nameOf(pick), payload: null }];
  }

  #toggleStuck(): readonly ExecutionEvent[] {
    this.#isStuck = !this.#isStuck;
    return this.#isStuck
      ? [{ type: 'WorkflowStuck', version: 1, failure: aFailure }]
      : [{ type: 'WorkflowUnstuck', version: 1 }];
  }

  #end(pick: number): readonly ExecutionEvent[] {
    if (this.#isStuck) return [{ type: 'WorkflowTerminated', version: 1 }];
    if (pick === 8) return [{ type: 'WorkflowFailed', version: 1, failure: aFailure }];
    return [{ type: 'WorkflowCompleted', version: 1, result: null }];
  }

  #scheduleSteps(pick: number): readonly ExecutionEvent[] {
    return Array.from({ length: 1 + (pick % 3) }, () => {
      const stepId = this.#nextStep++;
      this.#steps.set(stepId, 1);
      return { type: 'StepScheduled', version: 1, stepId, name: `step ${stepId % 2}` };
    });
  }

  #settleStep(pick: number, now: EpochMs): readonly ExecutionEvent[] {
    const [stepId, attempt] = [...this.#steps][pick % Math.max(1, this.#steps.size)] ?? [];
    if (stepId === undefined || attempt === undefined) return [];
    if (pick % 4 === 0) {
      this.#steps.set(stepId, attempt + 1);
      const nextAttemptAt = now + pick * 500;
      return [
        { type: 'StepAttemptFailed', version: 1, stepId, attempt, failure: aFailure, durationMs: 5, nextAttemptAt },
      ];
    }
    this.#steps.delete(stepId);
    if (pick % 4 === 1) return [{ type: 'StepCancelled', version: 1, stepId }];
    if (pick % 4 === 2) return [{ type: 'StepFailed', version: 1, stepId, attempt, failure: aFailure, durationMs: 5 }];
    return [{ type: 'StepSucceeded', version: 1, stepId, attempt, result: null, durationMs: 5 }];
  }

  #startTimer(dueAt: EpochMs, waitId?: number): readonly ExecutionEvent[] {
    const timerId = this.#nextTimer++;
    this.#timers.add(timerId);
    return [{ type: 'TimerStarted', version: 1, timerId, dueAt, ...(waitId !== undefined && { waitId }) }];
  }

  #awaitSignal(pick: number, now: EpochMs): readonly ExecutionEvent[] {
    const waitId = this.#nextWait++;
    const awaited: ExecutionEvent = { type: 'SignalAwaited', version: 1, waitId, name: nameOf(pick) };
    return pick % 3 === 0 ? [awaited, ...this.#startTimer(now + 60_000, waitId)] : [awaited];
  }

  #settleTimer(pick: number): readonly ExecutionEvent[] {
    const timerId = [...this.#timers][pick % Math.max(1, this.#timers.size)];
    if (timerId === undefined) return [];
    this.#timers.delete(timerId);
    return [{ type: pick % 2 === 0 ? 'TimerFired' : 'TimerCancelled', version: 1, timerId }];
  }
}

function nameOf(pick: number): string {
  return pick % 2 === 0 ? 'approval' : 'stop';
}

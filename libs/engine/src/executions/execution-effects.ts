import {
  CancelledError,
  handOutEnd,
  isClosing,
  toFailure,
  type AlarmKind,
  type ChildId,
  type ClosingEvent,
  type ExecutionEvent,
  type ExecutionState,
  type RunId,
  type RunningExecution,
  type StepId,
  type TimerId,
} from '@fermata/kernel';
import type { Children } from '../children/children.js';
import type { Clock } from '../clock/clock.js';
import { RecordStepOutcome } from '../commands/record-step-outcome.js';
import type { Position } from '../event-store/event-store.js';
import { toOutcome } from '../results/closed-outcome.js';
import type { ResultWaiters } from '../results/result-waiters.js';
import type { StepRunner } from '../steps/step-runner.js';
import type { UpdateWaiters } from '../updates/update-waiters.js';
import { alarmIds } from '../wakeups/alarm-ids.js';
import type { WakeUp } from '../wakeups/wake-up.js';
import type { DurableBatch, Effects, Execution } from './execution.js';
import type { ExecutionMemory } from './execution-memory.js';

export interface EffectsParts {
  readonly clock: Clock;
  readonly steps: StepRunner;
  readonly children: Children;
  readonly results: ResultWaiters;
  readonly updates: UpdateWaiters;
  /** Keeps wake-ups that are near; the read model has the others. */
  readonly wake: (wakeUp: WakeUp) => void;
  /** Records an outcome. Must not reject. */
  readonly report: (command: RecordStepOutcome) => void;
}

/** One durable event, with what is round it. */
interface Durable {
  readonly execution: Execution;
  readonly memory: ExecutionMemory;
  readonly runId: RunId;
  readonly position: Position;
}

/** Carries out what durable events ask for: starts and aborts steps and children, arms timers, hands out answers. */
export class ExecutionEffects implements Effects {
  constructor(private readonly parts: EffectsParts) {}

  committed(
    execution: Execution,
    memory: ExecutionMemory,
    { events, runIdBefore }: DurableBatch,
    position: Position,
  ): void {
    let runId = runIdBefore;
    for (const [index, event] of events.entries()) {
      if (event.type === 'WorkflowStarted') {
        ({ runId } = event);
        this.#armAlarms(execution, memory, runId);
      } else if (runId !== undefined) {
        const durable: Durable = { execution, memory, runId, position };
        if (isClosing(event)) this.#close(durable, event, events[index + 1]);
        else this.#carryOut(durable, event);
      }
    }
  }

  resumed(execution: Execution, memory: ExecutionMemory): void {
    const { state } = memory;
    if (state.status === 'absent' || memory.pinnedElsewhere) return;
    const { runId } = state.started;
    for (const [closedRunId, children] of state.unreleased) {
      this.parts.children.release({ target: execution.target, runId: closedRunId }, children);
    }
    if (state.status === 'closed') {
      const { closing, started } = state;
      if (closing.type === 'WorkflowContinuedAsNew') return;
      this.parts.results.closed(toOutcome(runId, closing));
      if (started.parent) this.parts.children.closed(execution.target, runId, started.parent, closing);
      return;
    }
    this.#armAlarms(execution, memory, runId);
    if (state.stuck) return;
    for (const stepId of state.steps.keys()) this.startStep(execution, memory, runId, stepId);
    for (const timerId of state.timers.keys()) this.#armTimer(execution, memory, runId, timerId);
    for (const childId of state.children.keys()) this.#resumeChild(execution, memory, runId, childId);
  }

  /**
   * Starts a step's next attempt, or ends one that somebody outside has, now or when its time has come; nothing if the
   * step is no longer pending.
   */
  startStep({ target, stream }: Execution, { state, run }: ExecutionMemory, runId: RunId, stepId: StepId): void {
    const pending = runningIn(state, runId)?.steps.get(stepId);
    const asked = run?.askedStep(stepId);
    // Closed, cancelled or settled by what came later in the same append.
    if (!pending || !asked) return;
    if (pending.isHandedOut) {
      const end = handOutEnd(pending);
      if (!end) return;
      if (end.at <= this.parts.clock.now()) this.parts.steps.endHandOut({ target, runId, asked, pending }, end.why);
      else this.parts.wake({ stream, runId, kind: 'step', id: stepId, dueAt: end.at });
    } else if (pending.attemptAt <= this.parts.clock.now()) this.parts.steps.submit({ target, runId, asked, pending });
    else if (pending.isCancelRequested) this.#giveUpRetry(target, runId, stepId, pending.attempt);
    else this.parts.wake({ stream, runId, kind: 'step', id: stepId, dueAt: pending.attemptAt });
  }

  #carryOut({ execution, memory, runId, position }: Durable, event: ExecutionEvent): void {
    const { steps, children, updates } = this.parts;
    switch (event.type) {
      case 'StepScheduled':
      case 'StepAttemptFailed':
      case 'StepHandedOut':
        return this.startStep(execution, memory, runId, event.stepId);
      case 'StepCancelRequested':
        return this.#requestStepCancel(execution, memory, runId, event.stepId);
      case 'StepCancelled':
        return event.abandoned
          ? steps.abandon(runId, event.stepId)
          : steps.cancel(runId, event.stepId, new CancelledError());
      case 'TimerStarted':
        return this.#armTimer(execution, memory, runId, event.timerId);
      case 'ChildRequested':
        return children.start({ target: execution.target, runId }, event);
      case 'ChildCancelRequested':
        return this.#cancelChild(execution, memory, runId, event.childId);
      case 'UpdateCompleted':
        return updates.completed(runId, event, position);
      default:
    }
  }

  #close(
    { execution, memory, runId, position }: Durable,
    closing: ClosingEvent,
    next: ExecutionEvent | undefined,
  ): void {
    const { steps, results, updates, children } = this.parts;
    if (steps.hasStepsOf(runId)) steps.cancelRun(runId, new CancelledError('the run has closed'));
    const unreleased = memory.unreleasedOf(runId);
    if (unreleased) children.release({ target: execution.target, runId }, unreleased);
    if (next?.type === 'WorkflowStarted' && next.previousRunId === runId) {
      const { state } = memory;
      results.follow(runId, next.runId);
      updates.follow(runId, next.runId, (updateId) => state.status !== 'absent' && state.updates.has(updateId));
      updates.closed(runId, position);
    } else if (closing.type !== 'WorkflowContinuedAsNew') {
      results.closed(toOutcome(runId, closing));
      updates.closed(runId, position);
      const parent = memory.parentOf(runId);
      if (parent) children.closed(execution.target, runId, parent, closing);
    }
  }

  #requestStepCancel({ target }: Execution, { state }: ExecutionMemory, runId: RunId, stepId: StepId): void {
    const pending = runningIn(state, runId)?.steps.get(stepId);
    if (!pending) return;
    if (this.parts.steps.isKnown(runId, stepId)) this.parts.steps.requestCancel(runId, stepId, new CancelledError());
    else if (pending.attemptAt > this.parts.clock.now()) this.#giveUpRetry(target, runId, stepId, pending.attempt);
  }

  /** Between two attempts there is nothing to wait for: the step ends with its cancellation. */
  #giveUpRetry(target: Execution['target'], runId: RunId, stepId: StepId, attempt: number): void {
    const outcome = { kind: 'failed', failure: toFailure(new CancelledError()) } as const;
    this.parts.report(new RecordStepOutcome(target, { runId, stepId, attempt, durationMs: 0, outcome }));
  }

  #armTimer({ stream }: Execution, { state }: ExecutionMemory, runId: RunId, timerId: TimerId): void {
    const dueAt = runningIn(state, runId)?.timers.get(timerId);
    if (dueAt !== undefined) this.parts.wake({ stream, runId, kind: 'timer', id: timerId, dueAt });
  }

  #armAlarms({ stream }: Execution, { state }: ExecutionMemory, runId: RunId): void {
    const alarms: Iterable<[AlarmKind, number]> = runningIn(state, runId)?.alarms ?? [];
    for (const [kind, dueAt] of alarms) this.parts.wake({ stream, runId, kind: 'alarm', id: alarmIds[kind], dueAt });
  }

  #resumeChild(execution: Execution, { state }: ExecutionMemory, runId: RunId, childId: ChildId): void {
    const pending = runningIn(state, runId)?.children.get(childId);
    if (!pending) return;
    const parent = { target: execution.target, runId };
    this.parts.children.start(parent, pending.requested);
    if (pending.isCancelRequested) this.parts.children.cancel(parent, pending);
  }

  #cancelChild({ target }: Execution, { state }: ExecutionMemory, runId: RunId, childId: ChildId): void {
    const pending = runningIn(state, runId)?.children.get(childId);
    // A run that has closed by now releases its children.
    if (pending) this.parts.children.cancel({ target, runId }, pending);
  }
}

function runningIn(state: ExecutionState, runId: RunId): RunningExecution | undefined {
  return state.status === 'running' && state.started.runId === runId ? state : undefined;
}

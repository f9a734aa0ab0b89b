import {
  CancelledError,
  type ExecutionEvent,
  type ExecutionState,
  type RunId,
  type RunningExecution,
  type StepId,
  type TimerId,
} from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import { toOutcome } from '../results/closed-outcome.js';
import type { ResultWaiters } from '../results/result-waiters.js';
import type { StepRunner } from '../steps/step-runner.js';
import type { WakeUp } from '../wakeups/wake-up.js';
import type { DurableBatch, Effects, Execution } from './execution.js';
import type { ExecutionMemory } from './execution-memory.js';

export interface EffectsParts {
  readonly clock: Clock;
  readonly steps: StepRunner;
  readonly results: ResultWaiters;
  /** Keeps wake-ups that are near; the read model has the others. */
  readonly wake: (wakeUp: WakeUp) => void;
}

/** Carries out what durable events ask for: starts and aborts steps, arms timers, hands out results. */
export class ExecutionEffects implements Effects {
  constructor(private readonly parts: EffectsParts) {}

  committed(execution: Execution, memory: ExecutionMemory, { events, runIdBefore }: DurableBatch): void {
    let runId = runIdBefore;
    for (const event of events) {
      if (event.type === 'WorkflowStarted') ({ runId } = event);
      else if (runId !== undefined) this.#carryOut(execution, memory, runId, event);
    }
  }

  resumed(execution: Execution, memory: ExecutionMemory): void {
    const { state } = memory;
    if (state.status === 'closed') this.parts.results.closed(toOutcome(state.started.runId, state.closing));
    if (state.status !== 'running' || state.stuck) return;
    const { runId } = state.started;
    for (const stepId of state.steps.keys()) this.startStep(execution, memory, runId, stepId);
    for (const timerId of state.timers.keys()) this.#armTimer(execution, memory, runId, timerId);
  }

  #carryOut(execution: Execution, memory: ExecutionMemory, runId: RunId, event: ExecutionEvent): void {
    switch (event.type) {
      case 'StepScheduled':
      case 'StepAttemptFailed':
        return this.startStep(execution, memory, runId, event.stepId);
      case 'StepCancelled':
        return this.parts.steps.cancel(runId, event.stepId, new CancelledError());
      case 'TimerStarted':
        return this.#armTimer(execution, memory, runId, event.timerId);
      case 'WorkflowCompleted':
      case 'WorkflowFailed':
      case 'WorkflowCancelled':
      case 'WorkflowTerminated':
        if (this.parts.steps.hasStepsOf(runId))
          this.parts.steps.cancelRun(runId, new CancelledError('the run has closed'));
        return this.parts.results.closed(toOutcome(runId, event));
      default:
    }
  }

  /** Starts a step's next attempt, now or when its time has come; nothing if the step is no longer pending. */
  startStep({ target, stream }: Execution, { state, run }: ExecutionMemory, runId: RunId, stepId: StepId): void {
    const pending = pendingIn(state, runId)?.steps.get(stepId);
    const asked = run?.askedStep(stepId);
    // Closed, cancelled or settled by what came later in the same append.
    if (!pending || !asked) return;
    if (pending.attemptAt <= this.parts.clock.now()) this.parts.steps.submit({ target, runId, asked, pending });
    else this.parts.wake({ stream, runId, kind: 'step', id: stepId, dueAt: pending.attemptAt });
  }

  #armTimer({ stream }: Execution, { state }: ExecutionMemory, runId: RunId, timerId: TimerId): void {
    const dueAt = pendingIn(state, runId)?.timers.get(timerId);
    if (dueAt !== undefined) this.parts.wake({ stream, runId, kind: 'timer', id: timerId, dueAt });
  }
}

function pendingIn(state: ExecutionState, runId: RunId): RunningExecution | undefined {
  return state.status === 'running' && state.started.runId === runId ? state : undefined;
}

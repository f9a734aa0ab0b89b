import { assertNever } from '../errors/invariant.js';
import type { Decision } from '../execution/events.js';

/**
 * Whether the code, run again, asked for what the log holds. What a deploy may change freely doesn't count: the length
 * of a timer, a result; the log's own stands.
 */
export function isSameDecision(recorded: Decision, asked: Decision): boolean {
  switch (recorded.type) {
    case 'StepScheduled':
      return asked.type === recorded.type && asked.stepId === recorded.stepId && asked.name === recorded.name;
    case 'StepCancelled':
      return asked.type === recorded.type && asked.stepId === recorded.stepId;
    case 'TimerStarted':
    case 'TimerCancelled':
      return asked.type === recorded.type && asked.timerId === recorded.timerId;
    case 'SignalAwaited':
      return asked.type === recorded.type && asked.waitId === recorded.waitId && asked.name === recorded.name;
    case 'WorkflowCompleted':
    case 'WorkflowFailed':
    case 'WorkflowCancelled':
      return asked.type === recorded.type;
    default:
      return assertNever(recorded);
  }
}

/** A decision in words, for the person who has to find out what changed. */
export function describeDecision(decision: Decision): string {
  switch (decision.type) {
    case 'StepScheduled':
      return `step ${decision.stepId} "${decision.name}"`;
    case 'StepCancelled':
      return `cancellation of step ${decision.stepId}`;
    case 'TimerStarted':
      return `timer ${decision.timerId}`;
    case 'TimerCancelled':
      return `cancellation of timer ${decision.timerId}`;
    case 'SignalAwaited':
      return `wait ${decision.waitId} for signal "${decision.name}"`;
    case 'WorkflowCompleted':
      return 'completion of the workflow';
    case 'WorkflowFailed':
      return `failure of the workflow (${decision.failure.type}: ${decision.failure.message})`;
    case 'WorkflowCancelled':
      return 'cancellation of the workflow';
    default:
      return assertNever(decision);
  }
}

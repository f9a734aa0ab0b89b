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
    case 'StepCancelRequested':
    case 'StepCancelled':
      return asked.type === recorded.type && asked.stepId === recorded.stepId;
    case 'TimerStarted':
    case 'TimerCancelled':
      return asked.type === recorded.type && asked.timerId === recorded.timerId;
    case 'SignalAwaited':
      return asked.type === recorded.type && asked.waitId === recorded.waitId && asked.name === recorded.name;
    case 'ConditionAwaited':
    case 'WaitEnded':
      return asked.type === recorded.type && asked.waitId === recorded.waitId;
    case 'ChildRequested':
      return (
        asked.type === recorded.type &&
        asked.childId === recorded.childId &&
        asked.workflowType === recorded.workflowType &&
        asked.workflowId === recorded.workflowId
      );
    case 'ChildCancelRequested':
    case 'ChildAbandoned':
      return asked.type === recorded.type && asked.childId === recorded.childId;
    case 'UpdateCompleted':
      return asked.type === recorded.type && asked.updateId === recorded.updateId;
    case 'PatchMarked':
      return asked.type === recorded.type && asked.patchId === recorded.patchId;
    case 'SearchAttributesSet':
    case 'WorkflowCompleted':
    case 'WorkflowFailed':
    case 'WorkflowCancelled':
    case 'WorkflowTimedOut':
    case 'WorkflowContinuedAsNew':
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
    case 'StepCancelRequested':
    case 'StepCancelled':
      return `cancellation of step ${decision.stepId}`;
    case 'TimerStarted':
      return `timer ${decision.timerId}`;
    case 'TimerCancelled':
      return `cancellation of timer ${decision.timerId}`;
    case 'SignalAwaited':
      return `wait ${decision.waitId} for signal "${decision.name}"`;
    case 'ConditionAwaited':
      return `wait ${decision.waitId} for a condition`;
    case 'WaitEnded':
      return `end of wait ${decision.waitId}`;
    case 'ChildRequested':
      return `child ${decision.childId} "${decision.workflowId}" of type "${decision.workflowType}"`;
    case 'ChildCancelRequested':
      return `cancellation of child ${decision.childId}`;
    case 'ChildAbandoned':
      return `abandonment of child ${decision.childId}`;
    case 'UpdateCompleted':
      return `end of update "${decision.updateId}"`;
    case 'PatchMarked':
      return `patch "${decision.patchId}"`;
    case 'SearchAttributesSet':
      return `search attributes ${Object.keys(decision.attributes).join(', ')}`;
    case 'WorkflowTimedOut':
      return 'time-out of the workflow';
    case 'WorkflowContinuedAsNew':
      return 'continuation as a new run';
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

import {
  assertNever,
  type ChildrenReleased,
  type EpochMs,
  type ExecutionEvent,
  type StepAttemptFailed,
  type StepHandedOut,
  type StepId,
  type TimerStarted,
  type WorkflowStarted,
} from '@fermata/kernel';
import { lastErrorCharsMax } from '../read-model/read-model.js';
import { alarmIds } from '../wakeups/alarm-ids.js';
import type { ProjectedRun } from './projected-run.js';

/** Changes an open run's rows by what was recorded after its start. */
export function applyEvent(
  run: ProjectedRun,
  event: Exclude<ExecutionEvent, WorkflowStarted | ChildrenReleased>,
  at: EpochMs,
): void {
  const address = { stream: run.stream, runId: run.runId };
  switch (event.type) {
    case 'StepScheduled':
      return run.putWait({
        ...address,
        kind: 'step',
        id: event.stepId,
        name: event.name,
        since: at,
        dueAt: at,
        attempt: 1,
      });
    case 'StepAttemptFailed':
      return expectNextAttempt(run, event);
    case 'StepHandedOut':
      return limitHandOut(run, event, at);
    case 'StepHeartbeatRecorded':
      return awaitNextHeartbeat(run, event.stepId, at);
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepCancelled':
      endHandOut(run, event.stepId);
      return run.endWait({ kind: 'step', id: event.stepId });
    case 'TimerStarted':
      return run.putWait({ ...address, kind: 'timer', id: event.timerId, name: '', since: at, ...dueOf(event) });
    // A timer that limits a wait is cancelled when the wait is over, and ends it when it fires.
    case 'TimerFired':
    case 'TimerCancelled':
      return endTimer(run, event.timerId);
    case 'SignalAwaited':
      return run.putWait({ ...address, kind: 'signal', id: event.waitId, name: event.name, since: at });
    case 'SignalReceived':
      return endOldestWait(run, event.name);
    case 'ConditionAwaited':
      return run.putWait({ ...address, kind: 'condition', id: event.waitId, name: '', since: at });
    case 'WaitEnded':
      run.endWait({ kind: 'signal', id: event.waitId });
      return run.endWait({ kind: 'condition', id: event.waitId });
    case 'ChildRequested':
      // Due at once: a node that starts sees to it that the child is there.
      return run.putWait({
        ...address,
        kind: 'child',
        id: event.childId,
        name: event.workflowId,
        since: at,
        dueAt: at,
      });
    case 'ChildStartFailed':
    case 'ChildClosed':
    case 'ChildAbandoned':
      return run.endWait({ kind: 'child', id: event.childId });
    case 'StartDelayElapsed':
      return run.endWait({ kind: 'alarm', id: alarmIds['start-delay'] });
    case 'RunTimedOut':
      return run.endWait({ kind: 'alarm', id: alarmIds.timeout });
    case 'StepStarted':
    case 'StepCancelRequested':
    case 'ChildStarted':
    case 'ChildCancelRequested':
    case 'ChildCancelDelivered':
    case 'UpdateAccepted':
    case 'UpdateCompleted':
    case 'PatchMarked':
    case 'SearchAttributesSet':
    case 'CancelRequested':
      return;
    case 'WorkflowStuck':
      return run.setStuck(true);
    case 'WorkflowUnstuck':
      return run.setStuck(false);
    case 'WorkflowCompleted':
      return run.close('completed', at);
    case 'WorkflowFailed':
      return run.close('failed', at);
    case 'WorkflowCancelled':
      return run.close('cancelled', at);
    case 'WorkflowTimedOut':
      return run.close('timed-out', at);
    case 'WorkflowContinuedAsNew':
      return run.close('continued-as-new', at);
    case 'WorkflowTerminated':
      return run.close('terminated', at);
    default:
      return assertNever(event);
  }
}

function expectNextAttempt(run: ProjectedRun, { stepId, attempt, failure, nextAttemptAt }: StepAttemptFailed): void {
  const step = run.wait({ kind: 'step', id: stepId });
  // A late report of an attempt that no longer counts.
  if (step?.attempt !== attempt) return;
  endHandOut(run, stepId);
  const lastError = failure.message.slice(0, lastErrorCharsMax);
  // A codec leaves nothing of it: what nobody may read in the log, nobody may read in the tables.
  run.putWait({ ...step, attempt: attempt + 1, dueAt: nextAttemptAt, ...(lastError !== '' && { lastError }) });
}

function limitHandOut(run: ProjectedRun, { stepId: id, timeoutAt, heartbeatMs }: StepHandedOut, at: EpochMs): void {
  const limit = { stream: run.stream, runId: run.runId, id, name: '', since: at };
  if (timeoutAt !== undefined) run.putWait({ ...limit, kind: 'step-limit', dueAt: timeoutAt });
  if (heartbeatMs !== undefined) run.putWait({ ...limit, kind: 'step-heartbeat', dueAt: at + heartbeatMs });
}

/** Due as long after this one as this one was after the last. */
function awaitNextHeartbeat(run: ProjectedRun, id: StepId, at: EpochMs): void {
  const awaited = run.wait({ kind: 'step-heartbeat', id });
  if (awaited?.dueAt === undefined) return;
  run.putWait({ ...awaited, since: at, dueAt: at + awaited.dueAt - awaited.since });
}

function endHandOut(run: ProjectedRun, id: StepId): void {
  run.endWait({ kind: 'step-limit', id });
  run.endWait({ kind: 'step-heartbeat', id });
}

function dueOf({ dueAt, waitId }: TimerStarted): { readonly dueAt: EpochMs; readonly limits?: number } {
  return waitId === undefined ? { dueAt } : { dueAt, limits: waitId };
}

function endTimer(run: ProjectedRun, id: number): void {
  const limits = run.wait({ kind: 'timer', id })?.limits;
  if (limits !== undefined) {
    run.endWait({ kind: 'signal', id: limits });
    run.endWait({ kind: 'condition', id: limits });
  }
  run.endWait({ kind: 'timer', id });
}

function endOldestWait(run: ProjectedRun, name: string): void {
  const wait = run.oldestSignalWait(name);
  if (wait) run.endWait(wait);
}

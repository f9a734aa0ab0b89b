import type {
  CancelRequested,
  ExecutionEvent,
  Failure,
  SignalAwaited,
  SignalReceived,
  StepAttemptFailed,
  StepCancelled,
  StepFailed,
  StepScheduled,
  StepSucceeded,
  TimerCancelled,
  TimerFired,
  TimerStarted,
  WorkflowCancelled,
  WorkflowCompleted,
  WorkflowFailed,
  WorkflowStarted,
  WorkflowStuck,
  WorkflowTerminated,
  WorkflowUnstuck,
} from '@fermata/kernel';

/** What a test may say of an event: all but what makes it that event. */
type Parts<E extends ExecutionEvent> = Partial<Omit<E, 'type' | 'version'>>;

/** A builder: the event is valid as it is, and the test names the parts that matter to it. */
function builder<E extends ExecutionEvent>(valid: E): (parts?: Parts<E>) => E {
  return (parts = {}) => ({ ...valid, ...parts });
}

export const aRunId = '01890a5d-ac96-774b-bcce-b302099a8057';

export function aFailure(parts: Partial<Failure> = {}): Failure {
  return { type: 'OutOfStock', message: 'none left', ...parts };
}

export const aWorkflowStarted = builder<WorkflowStarted>({
  type: 'WorkflowStarted',
  version: 1,
  runId: aRunId,
  workflowType: 'checkout',
  input: null,
});

export const aStepSucceeded = builder<StepSucceeded>({
  type: 'StepSucceeded',
  version: 1,
  stepId: 0,
  attempt: 1,
  result: null,
  durationMs: 5,
});

export const aStepFailed = builder<StepFailed>({
  type: 'StepFailed',
  version: 1,
  stepId: 0,
  attempt: 1,
  failure: aFailure(),
  durationMs: 5,
});

export const aTimerFired = builder<TimerFired>({ type: 'TimerFired', version: 1, timerId: 0 });

export const aSignalReceived = builder<SignalReceived>({
  type: 'SignalReceived',
  version: 1,
  name: 'approval',
  payload: null,
});

export const aCancelRequested = builder<CancelRequested>({ type: 'CancelRequested', version: 1 });

export const aStepScheduled = builder<StepScheduled>({
  type: 'StepScheduled',
  version: 1,
  stepId: 0,
  name: 'charge card',
});

export const aStepCancelled = builder<StepCancelled>({ type: 'StepCancelled', version: 1, stepId: 0 });

export const aTimerStarted = builder<TimerStarted>({
  type: 'TimerStarted',
  version: 1,
  timerId: 0,
  dueAt: 1_700_000_060_000,
});

export const aTimerCancelled = builder<TimerCancelled>({ type: 'TimerCancelled', version: 1, timerId: 0 });

export const aSignalAwaited = builder<SignalAwaited>({
  type: 'SignalAwaited',
  version: 1,
  waitId: 0,
  name: 'approval',
});

export const aWorkflowCompleted = builder<WorkflowCompleted>({ type: 'WorkflowCompleted', version: 1, result: null });

export const aWorkflowFailed = builder<WorkflowFailed>({ type: 'WorkflowFailed', version: 1, failure: aFailure() });

export const aWorkflowCancelled = builder<WorkflowCancelled>({
  type: 'WorkflowCancelled',
  version: 1,
  failure: aFailure({ type: 'CancelledError', message: 'The run was cancelled.', code: 'CANCELLED' }),
});

export const aStepAttemptFailed = builder<StepAttemptFailed>({
  type: 'StepAttemptFailed',
  version: 1,
  stepId: 0,
  attempt: 1,
  failure: aFailure(),
  durationMs: 5,
  nextAttemptAt: 1_700_000_001_000,
});

export const aWorkflowTerminated = builder<WorkflowTerminated>({ type: 'WorkflowTerminated', version: 1 });

export const aWorkflowStuck = builder<WorkflowStuck>({
  type: 'WorkflowStuck',
  version: 1,
  failure: aFailure({ type: 'FermataError', code: 'NONDETERMINISM' }),
});

export const aWorkflowUnstuck = builder<WorkflowUnstuck>({ type: 'WorkflowUnstuck', version: 1 });

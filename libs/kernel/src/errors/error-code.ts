/**
 * The public codes. A code never changes its meaning once released; `docs/reference/errors.md` explains every one
 * of them, which a test checks.
 */
export const errorCodes = [
  // refusals of what a caller asked for
  'VALIDATION_FAILED',
  'MALFORMED_FILTER',
  'UNKNOWN_WORKFLOW_TYPE',
  'EXECUTION_NOT_FOUND',
  'UNKNOWN_QUERY',
  'UNKNOWN_UPDATE',
  'UPDATE_REJECTED',
  'QUERY_FAILED',
  'WORKFLOW_ALREADY_STARTED',
  'EXECUTION_CLOSED',
  'RUN_PINNED',
  'PAYLOAD_TOO_LARGE',
  'PAYLOAD_NOT_RECORDABLE',
  'PAYLOAD_UNREADABLE',
  'OVERLOADED',
  // the store
  'REVISION_CONFLICT',
  'STORE_UNAVAILABLE',
  'STORE_IN_USE',
  'STORE_NOT_RECOGNISED',
  'STORE_CORRUPT',
  'READ_MODEL_LAGS',
  // a run that can't go on (stuck)
  'NONDETERMINISM',
  'FOREIGN_PROMISE',
  'UNHANDLED_REJECTION',
  'IO_IN_WORKFLOW',
  'INVARIANT_VIOLATED',
  // outcomes of steps and waits
  'STEP_TIMED_OUT',
  'STEP_IN_STEP',
  'STEP_OUTCOME_UNKNOWN',
  'HEARTBEAT_MISSED',
  'WAIT_TIMED_OUT',
  'CANCELLED',
  'TERMINATED',
  // set-up
  'CONFIGURATION_INVALID',
  'ENGINE_STOPPED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

import type { ErrorCode, FermataError } from '@fermata/kernel';

/** What only HTTP refuses, beside the engine's own codes. */
export type HttpCode =
  'PERMISSION_DENIED' | 'ROUTE_NOT_FOUND' | 'UNSUPPORTED_MEDIA_TYPE' | 'HEADERS_TOO_LARGE' | 'INTERNAL';

/** The body of every error. Source: RFC 9457, "Problem Details for HTTP APIs". */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable: what a program decides on. */
  readonly code: ErrorCode | HttpCode;
  /** What is wrong and what to do about it, for a person. */
  readonly detail: string;
  /** The path that was asked for. */
  readonly instance?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export const problemContentType = 'application/problem+json; charset=utf-8';

/** Clients do well to wait so long before they repeat a request that was refused for now. */
export const retryAfterSeconds = 1;

const httpStatuses: Readonly<Record<HttpCode, number>> = {
  PERMISSION_DENIED: 403,
  ROUTE_NOT_FOUND: 404,
  UNSUPPORTED_MEDIA_TYPE: 415,
  HEADERS_TOO_LARGE: 431,
  INTERNAL: 500,
};

const engineStatuses: Readonly<Record<ErrorCode, number>> = {
  VALIDATION_FAILED: 400,
  MALFORMED_FILTER: 400,
  UNKNOWN_WORKFLOW_TYPE: 400,
  PAYLOAD_NOT_RECORDABLE: 400,
  EXECUTION_NOT_FOUND: 404,
  UNKNOWN_QUERY: 404,
  UNKNOWN_UPDATE: 404,
  WORKFLOW_ALREADY_STARTED: 409,
  EXECUTION_CLOSED: 409,
  RUN_PINNED: 409,
  PAYLOAD_UNREADABLE: 409,
  REVISION_CONFLICT: 409,
  NONDETERMINISM: 409,
  FOREIGN_PROMISE: 409,
  IO_IN_WORKFLOW: 409,
  UNHANDLED_REJECTION: 409,
  PAYLOAD_TOO_LARGE: 413,
  QUERY_FAILED: 422,
  UPDATE_REJECTED: 422,
  STEP_TIMED_OUT: 422,
  STEP_OUTCOME_UNKNOWN: 422,
  HEARTBEAT_MISSED: 422,
  STEP_IN_STEP: 422,
  WAIT_TIMED_OUT: 422,
  CANCELLED: 422,
  TERMINATED: 422,
  OVERLOADED: 429,
  INVARIANT_VIOLATED: 500,
  CONFIGURATION_INVALID: 500,
  STORE_UNAVAILABLE: 503,
  STORE_IN_USE: 503,
  STORE_NOT_RECOGNISED: 503,
  STORE_CORRUPT: 503,
  READ_MODEL_LAGS: 503,
  ENGINE_STOPPED: 503,
};

export const statuses: Readonly<Record<ErrorCode | HttpCode, number>> = { ...engineStatuses, ...httpStatuses };

export interface ProblemParts {
  readonly code: ErrorCode | HttpCode;
  readonly detail: string;
  readonly instance?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function toProblem({ code, detail, instance, details }: ProblemParts): Problem {
  return {
    type: `urn:fermata:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(code),
    status: statuses[code],
    code,
    detail,
    ...(instance !== undefined && { instance }),
    ...(details !== undefined && { details }),
  };
}

export function fromFermataError({ code, message, details }: FermataError): ProblemParts {
  return { code, detail: message, ...(details !== undefined && { details }) };
}

/** `READ_MODEL_LAGS` → `Read model lags`. */
function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether it may work later on, as it is. */
export function isRetryable({ status }: Problem): boolean {
  return status === statuses.OVERLOADED || status === statuses.STORE_UNAVAILABLE;
}

import type { EpochMs, Millis } from '../duration/duration.js';
import { assertNever } from '../errors/invariant.js';
import type { ParentLink, RecordedRetry, RunId, SearchAttributes, WorkflowStarted } from '../execution/events.js';
import { alreadyStarted, idUsed } from '../execution/refusals.js';
import type { ClosedExecution, ExecutionState, RunningExecution } from '../execution/state.js';
import { acceptWith, refuse, type Verdict } from '../execution/verdict.js';
import type { Payload } from '../payload/payload.js';

/** What happens when an execution of that ID runs already. */
export const conflictPolicies = ['fail', 'use-existing', 'terminate-existing'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

/** Whether the ID of a closed execution may be used again. */
export const idReusePolicies = ['allow-duplicate', 'allow-duplicate-failed-only', 'reject-duplicate'] as const;
export type IdReusePolicy = (typeof idReusePolicies)[number];

export interface StartRequest {
  readonly workflowId: string;
  /** The ID that a new run would get. */
  readonly runId: RunId;
  readonly workflowType: string;
  readonly input: Payload;
  readonly requestId?: string;
  /** The signal or update for whose sake it is started: where the execution has had it, nothing is. */
  readonly messageRequestId?: string;
  readonly conflictPolicy?: ConflictPolicy;
  readonly idReusePolicy?: IdReusePolicy;
  readonly memo?: Payload;
  readonly buildId?: string;
  readonly pinned?: true;
  readonly searchAttributes?: SearchAttributes;
  readonly retry?: RecordedRetry;
  readonly parent?: ParentLink;
  /** Now, at the node. */
  readonly now: EpochMs;
  readonly startDelayMs?: Millis;
  readonly runTimeoutMs?: Millis;
  readonly executionTimeoutMs?: Millis;
}

export interface StartAnswer {
  readonly runId: RunId;
  readonly created: boolean;
}

/** A repeated request gets the first run, whatever became of it; the policies settle the rest. */
export function decideStart(state: ExecutionState, request: StartRequest): Verdict<StartAnswer> {
  const earlier = state.status === 'absent' ? undefined : earlierStart(state, request);
  if (earlier !== undefined) return acceptWith({ runId: earlier, created: false });
  switch (state.status) {
    case 'absent':
      return begin(request);
    case 'running':
      return besideRunning(state, request);
    case 'closed':
      return afterClosed(state, request);
    default:
      return assertNever(state);
  }
}

function earlierStart(
  { starts, signalRequests, updates, started }: RunningExecution | ClosedExecution,
  { requestId, messageRequestId }: StartRequest,
): RunId | undefined {
  const earlier = requestId === undefined ? undefined : starts.get(requestId);
  if (earlier !== undefined || messageRequestId === undefined) return earlier;
  return signalRequests.has(messageRequestId) || updates.has(messageRequestId) ? started.runId : undefined;
}

function begin(request: StartRequest): Verdict<StartAnswer> {
  return acceptWith({ runId: request.runId, created: true }, toStarted(request));
}

function besideRunning(state: RunningExecution, request: StartRequest): Verdict<StartAnswer> {
  const policy = request.conflictPolicy ?? 'fail';
  switch (policy) {
    case 'fail':
      return refuse(alreadyStarted(request.workflowId, state.started.runId));
    case 'use-existing':
      return acceptWith({ runId: state.started.runId, created: false });
    case 'terminate-existing':
      return acceptWith(
        { runId: request.runId, created: true },
        { type: 'WorkflowTerminated', version: 1, reason: 'replaced by a new start' },
        toStarted(request),
      );
    default:
      return assertNever(policy);
  }
}

function afterClosed(state: ClosedExecution, request: StartRequest): Verdict<StartAnswer> {
  const policy = request.idReusePolicy ?? 'allow-duplicate';
  const hasSucceeded = state.closing.type === 'WorkflowCompleted';
  const isAllowed = policy === 'allow-duplicate' || (policy === 'allow-duplicate-failed-only' && !hasSucceeded);
  return isAllowed ? begin(request) : refuse(idUsed(request.workflowId, state.started.runId));
}

function toStarted(request: StartRequest): WorkflowStarted {
  const { runId, workflowType, input, requestId, memo, buildId, pinned, searchAttributes, retry, parent } = request;
  return {
    type: 'WorkflowStarted',
    version: 1,
    runId,
    workflowType,
    input,
    ...(requestId !== undefined && { requestId }),
    ...(buildId !== undefined && { buildId }),
    ...(pinned && { pinned }),
    ...(memo !== undefined && { memo }),
    ...(searchAttributes && { searchAttributes }),
    ...(retry && { retry }),
    ...(parent && { parent }),
    ...timesOf(request),
  };
}

type RunTimes = Pick<WorkflowStarted, 'firstTurnAt' | 'timeoutAt' | 'runTimeoutMs' | 'executionTimeoutAt'>;

/** A delay doesn't count as time of the run or of the execution. */
function timesOf({ now, startDelayMs, runTimeoutMs, executionTimeoutMs }: StartRequest): RunTimes {
  const begin = now + (startDelayMs ?? 0);
  const executionTimeoutAt = executionTimeoutMs === undefined ? undefined : begin + executionTimeoutMs;
  return {
    ...(startDelayMs !== undefined && startDelayMs > 0 && { firstTurnAt: begin }),
    ...(runTimeoutMs !== undefined && { runTimeoutMs }),
    ...(executionTimeoutAt !== undefined && { executionTimeoutAt }),
    ...timeoutOf(begin, runTimeoutMs, executionTimeoutAt),
  };
}

/** When a run that begins then is timed out: by its own limit or the execution's, whichever is first. */
export function timeoutOf(
  begin: EpochMs,
  runTimeoutMs: Millis | undefined,
  executionTimeoutAt: EpochMs | undefined,
): { readonly timeoutAt?: EpochMs } {
  const timeoutAt = Math.min(
    runTimeoutMs === undefined ? Infinity : begin + runTimeoutMs,
    executionTimeoutAt ?? Infinity,
  );
  return Number.isFinite(timeoutAt) ? { timeoutAt } : {};
}

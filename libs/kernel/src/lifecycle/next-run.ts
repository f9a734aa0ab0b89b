import type { EpochMs } from '../duration/duration.js';
import type { CarriedOver, ClosingEvent, RunId, WorkflowStarted } from '../execution/events.js';
import { timeoutOf } from './decide-start.js';
import { executionRetryDelay } from './recorded-retry.js';

export interface NextRunParts {
  readonly started: WorkflowStarted;
  readonly closing: ClosingEvent;
  readonly at: EpochMs;
  /** Of the node that starts it. */
  readonly buildId?: string | undefined;
  /** The ID that the next run gets. */
  readonly runId: RunId;
  /** Uniform in [0, 1). */
  readonly random: number;
  /** Messages that nobody has taken. */
  readonly untaken: CarriedOver;
}

/** The run that follows a closed one in the same execution: its continuation, or its next try. Mostly there is none. */
export function nextRun({
  started,
  closing,
  at,
  runId,
  random,
  untaken,
  buildId,
}: NextRunParts): WorkflowStarted | undefined {
  const build = buildId === undefined ? {} : { buildId };
  switch (closing.type) {
    case 'WorkflowContinuedAsNew': {
      const { attempt: _attempt, firstTurnAt: _firstTurnAt, ...kept } = withoutRun(started);
      const { input } = closing;
      return {
        ...kept,
        ...build,
        runId,
        previousRunId: started.runId,
        input,
        ...timesAt(at, started),
        ...carry(untaken),
      };
    }
    case 'WorkflowFailed':
    case 'WorkflowTimedOut': {
      const attempt = started.attempt ?? 1;
      const delay = executionRetryDelay(started.retry, attempt, closing.failure, random);
      const isTooLate = started.executionTimeoutAt !== undefined && at + (delay ?? 0) >= started.executionTimeoutAt;
      if (delay === undefined || isTooLate) return undefined;
      return {
        ...withoutRun(started),
        ...build,
        runId,
        previousRunId: started.runId,
        attempt: attempt + 1,
        firstTurnAt: at + delay,
        ...timesAt(at + delay, started),
        ...carry(untaken),
      };
    }
    default:
      return undefined;
  }
}

function carry(untaken: CarriedOver): { readonly carriedOver?: CarriedOver } {
  const isEmpty = untaken.signals.length === 0 && untaken.updates.length === 0;
  return isEmpty ? {} : { carriedOver: untaken };
}

function timesAt(
  begin: EpochMs,
  { runTimeoutMs, executionTimeoutAt }: WorkflowStarted,
): { readonly timeoutAt?: EpochMs } {
  return timeoutOf(begin, runTimeoutMs, executionTimeoutAt);
}

/** What all runs of an execution share. The request led to the first run alone, and each has its own build. */
function withoutRun(started: WorkflowStarted): WorkflowStarted {
  const {
    requestId: _requestId,
    timeoutAt: _timeoutAt,
    carriedOver: _carriedOver,
    buildId: _buildId,
    ...kept
  } = started;
  return kept;
}

import type { EpochMs } from '../duration/duration.js';
import type { ClosingEvent, RunId, SignalReceived, UpdateAccepted, WorkflowStarted } from '../execution/events.js';
import { timeoutOf } from './decide-start.js';
import { executionRetryDelay } from './recorded-retry.js';

export interface NextRunParts {
  readonly started: WorkflowStarted;
  readonly closing: ClosingEvent;
  readonly at: EpochMs;
  /** The ID that the next run gets. */
  readonly runId: RunId;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/** The run that follows a closed one in the same execution: its continuation, or its next try. Mostly there is none. */
export function nextRun({ started, closing, at, runId, random }: NextRunParts): WorkflowStarted | undefined {
  switch (closing.type) {
    case 'WorkflowContinuedAsNew': {
      const { attempt: _attempt, firstTurnAt: _firstTurnAt, ...kept } = withoutRun(started);
      return { ...kept, runId, previousRunId: started.runId, input: closing.input, ...timesAt(at, started) };
    }
    case 'WorkflowFailed':
    case 'WorkflowTimedOut': {
      const attempt = started.attempt ?? 1;
      const delay = executionRetryDelay(started.retry, attempt, closing.failure, random);
      const isTooLate = started.executionTimeoutAt !== undefined && at + (delay ?? 0) >= started.executionTimeoutAt;
      if (delay === undefined || isTooLate) return undefined;
      return {
        ...withoutRun(started),
        runId,
        previousRunId: started.runId,
        attempt: attempt + 1,
        firstTurnAt: at + delay,
        ...timesAt(at + delay, started),
      };
    }
    default:
      return undefined;
  }
}

/** What goes over to the run that continues another: messages that nobody has taken. */
export function carriedOver(
  unread: readonly Pick<SignalReceived, 'name' | 'payload'>[],
  unbegun: readonly UpdateAccepted[],
): readonly (SignalReceived | UpdateAccepted)[] {
  return [
    ...unread.map(({ name, payload }): SignalReceived => ({ type: 'SignalReceived', version: 1, name, payload })),
    ...unbegun,
  ];
}

function timesAt(
  begin: EpochMs,
  { runTimeoutMs, executionTimeoutAt }: WorkflowStarted,
): { readonly timeoutAt?: EpochMs } {
  return timeoutOf(begin, runTimeoutMs, executionTimeoutAt);
}

/** What all runs of an execution share. The request led to the first run alone. */
function withoutRun(started: WorkflowStarted): WorkflowStarted {
  const { requestId: _requestId, timeoutAt: _timeoutAt, ...kept } = started;
  return kept;
}

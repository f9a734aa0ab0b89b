import type { EpochMs } from '../duration/duration.js';
import type { Failure } from '../errors/failure.js';
import type {
  RunId,
  StepId,
  TimerId,
  WorkflowCancelled,
  WorkflowCompleted,
  WorkflowFailed,
  WorkflowStarted,
  WorkflowTerminated,
} from './events.js';

export interface PendingStep {
  readonly name: string;
  readonly scheduledAt: EpochMs;
  /** The attempt that runs or comes next, from 1. */
  readonly attempt: number;
  /** Not before this; the time of scheduling for the first attempt. */
  readonly attemptAt: EpochMs;
  readonly lastFailure?: Failure;
}

/** Facts of the whole stream, which outlive a run. */
interface Lineage {
  /** The run that each start request led to. */
  readonly starts: ReadonlyMap<string, RunId>;
}

export interface AbsentExecution {
  readonly status: 'absent';
}

export interface RunningExecution extends Lineage {
  readonly status: 'running';
  readonly started: WorkflowStarted;
  readonly startedAt: EpochMs;
  readonly steps: Map<StepId, PendingStep>;
  readonly timers: Map<TimerId, EpochMs>;
  readonly signalRequests: Set<string>;
  isCancelRequested: boolean;
  /** Why the run's code can't go on. */
  stuck: Failure | undefined;
}

export type ClosingEvent = WorkflowCompleted | WorkflowFailed | WorkflowCancelled | WorkflowTerminated;

export interface ClosedExecution extends Lineage {
  readonly status: 'closed';
  readonly started: WorkflowStarted;
  readonly startedAt: EpochMs;
  readonly closing: ClosingEvent;
  readonly closedAt: EpochMs;
  readonly signalRequests: ReadonlySet<string>;
}

/** What deciders need to know of an execution: its newest run, folded from the log. */
export type ExecutionState = AbsentExecution | RunningExecution | ClosedExecution;

export const absent: AbsentExecution = { status: 'absent' };

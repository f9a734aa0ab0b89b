import type { EpochMs, Millis } from '../duration/duration.js';
import type { Failure } from '../errors/failure.js';
import type { Payload } from '../payload/payload.js';
import type {
  ChildId,
  ChildRequested,
  ClosingEvent,
  RunId,
  SearchAttributes,
  StepId,
  TimerId,
  UpdateCompleted,
  UpdateId,
  WorkflowStarted,
} from './events.js';

export interface PendingStep {
  readonly name: string;
  readonly scheduledAt: EpochMs;
  /** The attempt that runs or comes next, from 1. */
  readonly attempt: number;
  /** Not before this; the time of scheduling for the first attempt. */
  readonly attemptAt: EpochMs;
  readonly lastFailure?: Failure;
  /** An attempt that must not run twice has begun. */
  readonly isStarted?: true;
  /** Somebody outside completes it. */
  readonly isHandedOut?: true;
  /** Handed out, it has to be completed by then. */
  readonly timeoutAt?: EpochMs;
  /** Handed out, it has to give a heartbeat so often. */
  readonly heartbeatMs?: Millis;
  /** When it was handed out, or gave its last heartbeat. */
  readonly aliveAt?: EpochMs;
  /** The last heartbeat's, of this or an earlier attempt. */
  readonly heartbeat?: Payload;
  /** It is to be aborted, and the workflow waits for how it ends. */
  readonly isCancelRequested?: true;
}

export interface PendingChild {
  readonly requested: ChildRequested;
  /** Once its start is known to be durable. */
  readonly runId?: RunId;
  readonly isCancelRequested?: true;
  /** Whether workflow code wants to know that the request has reached it. */
  readonly cancelDelivery?: 'awaited' | 'done';
}

/** What the engine has to do for a run at a time of its own. */
export type AlarmKind = 'start-delay' | 'timeout';

/** Facts of the whole stream, which outlive a run. */
interface Lineage {
  /** The run that each start request led to. */
  readonly starts: ReadonlyMap<string, RunId>;
  /** Children that were open when their run closed, and that aren't dealt with yet. */
  readonly unreleased: ReadonlyMap<RunId, readonly PendingChild[]>;
}

interface RunFacts extends Lineage {
  readonly started: WorkflowStarted;
  readonly startedAt: EpochMs;
  readonly signalRequests: ReadonlySet<string>;
  /** Updates that were accepted, and how they ended. */
  readonly updates: ReadonlyMap<UpdateId, UpdateCompleted | undefined>;
}

export interface AbsentExecution {
  readonly status: 'absent';
}

export interface RunningExecution extends RunFacts {
  readonly status: 'running';
  readonly steps: Map<StepId, PendingStep>;
  readonly timers: Map<TimerId, EpochMs>;
  readonly alarms: Map<AlarmKind, EpochMs>;
  readonly children: Map<ChildId, PendingChild>;
  readonly signalRequests: Set<string>;
  readonly updates: Map<UpdateId, UpdateCompleted | undefined>;
  searchAttributes: SearchAttributes;
  isCancelRequested: boolean;
  /** Why the run's code can't go on. */
  stuck: Failure | undefined;
}

export interface ClosedExecution extends RunFacts {
  readonly status: 'closed';
  readonly closing: ClosingEvent;
  readonly closedAt: EpochMs;
}

/** What deciders need to know of an execution: its newest run, folded from the log. */
export type ExecutionState = AbsentExecution | RunningExecution | ClosedExecution;

export const absent: AbsentExecution = { status: 'absent' };

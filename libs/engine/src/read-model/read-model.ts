import type { EpochMs, RunId } from '@fermata/kernel';
import type { Position, Revision, StoredEvent, StreamId } from '../event-store/event-store.js';

export const executionStatuses = [
  'running',
  'paused',
  'stuck',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed-out',
  'continued-as-new',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** Most runs that a page of a list holds, and what it holds when nothing is said. */
export const listLimitMax = 1_000;
export const listLimitDefault = 50;

/** Longest error text kept with a wait, in UTF-16 code units. The history has all of it. */
export const lastErrorCharsMax = 500;

/** One run, as lists show it. */
export interface ExecutionRow {
  readonly stream: StreamId;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: RunId;
  readonly workflowType: string;
  readonly status: ExecutionStatus;
  readonly startedAt: EpochMs;
  readonly closedAt?: EpochMs;
  /** Where the run begins in its stream. */
  readonly firstRevision: Revision;
  /** The last event of the run that the projection has seen. */
  readonly lastRevision: Revision;
  readonly buildId?: string;
}

/**
 * `alarm`: a delayed start or a time-out of the run, by its number; `turn`: events that the run's code hasn't answered
 * yet; `release`: children to be dealt with after the close; `step-limit`: when a step that was handed out is timed out;
 * `step-heartbeat`: when its next heartbeat is missed.
 */
export const waitKinds = [
  'step',
  'timer',
  'signal',
  'child',
  'condition',
  'alarm',
  'turn',
  'release',
  'step-limit',
  'step-heartbeat',
] as const;
export type WaitKind = (typeof waitKinds)[number];

/** Something an open run waits for, or that is still to be done for it. */
export interface WaitRow {
  readonly stream: StreamId;
  readonly runId: RunId;
  readonly kind: WaitKind;
  /** The step, timer or wait ID; unique with `kind` in its run. */
  readonly id: number;
  /** The step's or the signal's name, the child's workflow ID; empty for others. */
  readonly name: string;
  readonly since: EpochMs;
  /** When the node has to act: a timer's due time, a step's next attempt. Absent for a signal. */
  readonly dueAt?: EpochMs;
  /** Steps: the attempt that runs or comes next, from 1. */
  readonly attempt?: number;
  /** Steps: message of the last failed attempt, at most `lastErrorCharsMax` long. */
  readonly lastError?: string;
  /** Timers: the signal wait that this timer limits. */
  readonly limits?: number;
}

export interface ListOptions {
  readonly namespace: string;
  /** In the filter language of docs/reference/filter.md. Default: all. */
  readonly filter?: string;
  /** Newest start first, or oldest first. Default `newest`. */
  readonly order?: 'newest' | 'oldest';
  /** 1 to `listLimitMax`. Default `listLimitDefault`. */
  readonly limit?: number;
  /** From an earlier page's `nextCursor`. */
  readonly cursor?: string;
}

export interface ExecutionPage {
  readonly items: readonly ExecutionRow[];
  readonly nextCursor?: string;
}

export interface DueOptions {
  /** Waits due at or before this time. */
  readonly until: EpochMs;
  readonly limit: number;
  /** Only waits due after this time. Default: all. */
  readonly dueAfter?: EpochMs;
  /** Continue after this one: the last wait of the page before. */
  readonly after?: WaitRow;
}

export interface StuckOptions {
  readonly limit: number;
  /** Continue after this one: the last stream of the page before. */
  readonly after?: StreamId;
}

/** Tables derived from the log. They can be dropped and rebuilt at any time. */
export interface ReadModel extends AsyncDisposable {
  /** Everything up to and including this position is in the tables. */
  checkpoint(): Promise<Position>;

  /**
   * Applies events in log order and moves the checkpoint to the last one, in one transaction: all or nothing. Events at
   * or before the checkpoint are skipped.
   * @param after the position that the first event follows in the log; nothing lies between them
   * @throws FermataError `READ_MODEL_LAGS`: the checkpoint is before `after` (the tables were emptied or replaced), so
   * events would be left out; nothing was applied. Go on from the checkpoint.
   * @throws FermataError `STORE_UNAVAILABLE`: nothing was applied; repeat the call, or go on from the checkpoint
   */
  apply(events: readonly StoredEvent[], after: Position): Promise<void>;

  /** One run; without `runId` the newest of that stream. */
  find(stream: StreamId, runId?: RunId): Promise<ExecutionRow | undefined>;

  /**
   * Runs of a namespace, by the time of their start. Paging is stable: a run that is there all the while is on one page.
   * @throws FermataError `MALFORMED_FILTER` with the place of the mistake; `VALIDATION_FAILED` for a broken cursor or limit
   */
  list(options: ListOptions): Promise<ExecutionPage>;

  /** What a run waits for, oldest first. */
  waits(stream: StreamId, runId: RunId): Promise<readonly WaitRow[]>;

  /** Waits of open, unstuck runs that are due, soonest first: what a node must wake. Signals are never due. */
  due(options: DueOptions): Promise<readonly WaitRow[]>;

  /** Streams whose newest run is stuck, a page at a time. */
  stuck(options: StuckOptions): Promise<readonly StreamId[]>;

  /** Empties all tables and sets the checkpoint to 0. */
  reset(): Promise<void>;

  close(): Promise<void>;
}

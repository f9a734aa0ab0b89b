import type { Position } from '../event-store/event-store.js';
import type { ExecutionRow, WaitRow } from '../read-model/read-model.js';

/** A wait within its run. */
export type WaitKey = Pick<WaitRow, 'kind' | 'id'>;

/** What a batch of events changes in the rows of one run. Waits that begin and end within the batch aren't in it. */
export interface RunChange {
  /** Where the run's start is in the log: unique, growing with every start, and the same after each rebuild. */
  readonly startPosition: Position;
  readonly row: ExecutionRow;
  /** `touched`: of the row that the tables hold, only `lastRevision` has changed. */
  readonly kind: 'inserted' | 'updated' | 'touched';
  /** Waits whose rows go, before `waits` are written; `all` when the run has closed. */
  readonly ended: readonly WaitKey[] | 'all';
  /** Waits to write: new ones, and new values of those that the tables hold. */
  readonly waits: readonly WaitRow[];
}

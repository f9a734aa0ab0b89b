import type { EpochMs } from '../duration/duration.js';
import type { Cause } from '../execution/events.js';
import type { WorkflowRun } from './workflow-run.js';

/**
 * Resolves when the microtask queue is empty: the end of a turn. On Node: `process.nextTick` called from a microtask,
 * which runs exactly then.
 */
export type EndOfTurn = () => Promise<void>;

export interface TurnOptions {
  readonly at: EpochMs;
  /** The cause is new, not of the log. */
  readonly isLive: boolean;
  readonly endOfTurn: EndOfTurn;
}

/** Applies one cause and lets the code run until nothing moves any more, conditions that are met by now included. */
export async function turn(run: WorkflowRun, cause: Cause, { at, isLive, endOfTurn }: TurnOptions): Promise<void> {
  run.beginTurn(cause, at, { isLive });
  do await endOfTurn();
  while (run.settleConditions());
  run.endTurn();
}

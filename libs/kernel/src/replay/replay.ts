import { isCause, isDecision, type TimedEvent } from '../execution/events.js';
import type { WorkflowRun } from './workflow-run.js';

/**
 * Resolves when the microtask queue is empty: the end of a turn. On Node: `process.nextTick` called from a microtask,
 * which runs exactly then.
 */
export type EndOfTurn = () => Promise<void>;

/**
 * Brings a run to where its events left it. Stops at the first fault, which `run.fault` holds. What the code decided
 * beyond the events is left in the run, to be appended.
 */
export async function replay(run: WorkflowRun, events: Iterable<TimedEvent>, endOfTurn: EndOfTurn): Promise<void> {
  for (const { event, timestamp } of events) {
    if (isCause(event)) {
      run.beginTurn(event, timestamp);
      await endOfTurn();
      run.endTurn();
    } else if (isDecision(event)) {
      run.match(event);
    } else {
      run.skip();
    }
    if (run.fault) return;
  }
}

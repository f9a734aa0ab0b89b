import { isCause, isDecision, type TimedEvent } from '../execution/events.js';
import { turn, type EndOfTurn } from './turn.js';
import type { WorkflowRun } from './workflow-run.js';

/**
 * Brings a run to where its events left it. Stops at the first fault, which `run.fault` holds. What the code decided
 * beyond the events is left in the run, to be appended.
 */
export async function replay(run: WorkflowRun, events: Iterable<TimedEvent>, endOfTurn: EndOfTurn): Promise<void> {
  for (const { event, timestamp } of events) {
    if (isCause(event)) await turn(run, event, { at: timestamp, isLive: false, endOfTurn });
    else if (isDecision(event)) run.match(event);
    else run.skip();
    if (run.fault) return;
  }
}

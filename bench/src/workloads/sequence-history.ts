import { toCommitId, type NewCommit, type NewEvent } from '@fermata/engine';
import type { ExecutionEvent, TimedEvent } from '@fermata/kernel';
import { randomUUID } from 'node:crypto';

const startedAt = Date.UTC(2026, 0, 1);

/** What the engine appends for one run of the `sequence` workflow: a commit a step and one for the start. */
export function sequenceTurns(steps: number, runId: string): readonly (readonly ExecutionEvent[])[] {
  return Array.from({ length: steps + 1 }, (_, turn) => [causeOf(turn, steps, runId), decisionOf(turn, steps)]);
}

/** The same as a history in memory, a millisecond between turns. */
export function sequenceHistory(steps: number, runId: string): readonly TimedEvent[] {
  return sequenceTurns(steps, runId).flatMap((events, turn) =>
    events.map((event) => ({ event, timestamp: startedAt + turn })),
  );
}

export function newCommit(events: readonly NewEvent[], timestamp = Date.now()): NewCommit {
  const [first, ...rest] = events;
  if (!first) throw new RangeError('A commit has at least one event.');
  return { id: toCommitId(randomUUID()), timestamp, events: [first, ...rest], metadata: { node: 'bench' } };
}

function causeOf(turn: number, steps: number, runId: string): ExecutionEvent {
  if (turn === 0) return { type: 'WorkflowStarted', version: 1, runId, workflowType: 'sequence', input: { steps } };
  const stepId = turn - 1;
  return { type: 'StepSucceeded', version: 1, stepId, attempt: 1, result: { i: stepId }, durationMs: 0 };
}

function decisionOf(turn: number, steps: number): ExecutionEvent {
  return turn === steps
    ? { type: 'WorkflowCompleted', version: 1, result: { last: steps - 1 } }
    : { type: 'StepScheduled', version: 1, stepId: turn, name: 'step' };
}

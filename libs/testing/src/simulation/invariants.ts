import { endOfTurn, fromStoredEvent, type StoredEvent } from '@fermata/engine';
import {
  isCause,
  isClosing,
  isDecision,
  turn,
  WorkflowRun,
  type Decision,
  type ExecutionEvent,
  type RegisteredWorkflow,
  type RunHost,
  type TimedEvent,
} from '@fermata/kernel';
import type { Effect } from './ledger.js';
import type { Acknowledged } from './simulated-client.js';

/** One run as the log has it at the end. */
export interface EndedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly events: readonly TimedEvent[];
}

/** One execution as the log has it at the end. */
export interface EndedExecution {
  readonly workflowId: string;
  readonly stored: readonly StoredEvent[];
  readonly runs: readonly EndedRun[];
}

export function endedExecution(workflowId: string, stored: readonly StoredEvent[]): EndedExecution {
  const runs: { workflowId: string; runId: string; events: TimedEvent[] }[] = [];
  for (const timed of stored.map(fromStoredEvent)) {
    if (timed.event.type === 'WorkflowStarted') runs.push({ workflowId, runId: timed.event.runId, events: [timed] });
    else if (timed.event.type !== 'ChildrenReleased') runs.at(-1)?.events.push(timed);
  }
  return { workflowId, stored, runs };
}

export function acknowledgedStartIsThere({ workflowId, runs }: EndedExecution, { starts }: Acknowledged): string[] {
  const runId = starts.get(workflowId);
  return runId === undefined || runs[0]?.runId === runId ? [] : [`${workflowId}: its acknowledged start is lost`];
}

export function everyRunCloses({ workflowId, runs }: EndedExecution): string[] {
  return runs.flatMap(({ events }) => {
    const last = events.at(-1)?.event;
    if (last && isClosing(last)) return [];
    return [`${workflowId}: hasn't closed, its last event is ${last?.type ?? 'none'}`];
  });
}

export function acknowledgedSignalsAreThereOnce(
  { workflowId, stored }: EndedExecution,
  { signals }: Acknowledged,
): string[] {
  return (signals.get(workflowId) ?? []).flatMap((requestId) => {
    const count = stored.filter(
      ({ type, data }) => type === 'SignalReceived' && data['requestId'] === requestId,
    ).length;
    return count === 1 ? [] : [`${workflowId}: signal ${requestId} is in the log ${count} times`];
  });
}

/** What a client was told of its update is what the log says; and an update ends at most once. */
export function updatesEndAsTold({ workflowId, runs }: EndedExecution, { updates }: Acknowledged): string[] {
  const ends = runs.flatMap(({ events }) =>
    events.flatMap(({ event }) => (event.type === 'UpdateCompleted' ? [event] : [])),
  );
  const violations: string[] = [];
  for (const [updateId, told] of updates.get(workflowId) ?? []) {
    const mine = ends.filter((end) => end.updateId === updateId);
    if (mine.length > 1) violations.push(`${workflowId}: update ${updateId} ended ${mine.length} times`);
    const result = mine[0]?.result;
    if (told.status === 'completed' && JSON.stringify(result) !== JSON.stringify(told.result)) {
      violations.push(`${workflowId}: update ${updateId} was answered with what the log doesn't say`);
    }
  }
  return violations;
}

/** Each step, timer and child has at most one end, and only after its beginning. */
export function outcomesAreRecordedOnce({ workflowId, events }: EndedRun): string[] {
  const violations: string[] = [];
  const open = new Set<string>();
  const ended = new Set<string>();
  for (const { event } of events) {
    const [begins, ends] = [beginningOf(event), endOf(event)];
    if (begins !== undefined) open.add(begins);
    if (ends === undefined) continue;
    if (!open.has(ends)) violations.push(`${workflowId}: ${ends} ended before it began`);
    if (ended.has(ends)) violations.push(`${workflowId}: ${ends} ended twice`);
    ended.add(ends);
  }
  return violations;
}

function beginningOf(event: ExecutionEvent): string | undefined {
  if (event.type === 'StepScheduled') return `step ${event.stepId}`;
  if (event.type === 'ChildRequested') return `child ${event.childId}`;
  return event.type === 'TimerStarted' ? `timer ${event.timerId}` : undefined;
}

function endOf(event: ExecutionEvent): string | undefined {
  switch (event.type) {
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepCancelled':
      return `step ${event.stepId}`;
    case 'TimerFired':
    case 'TimerCancelled':
      return `timer ${event.timerId}`;
    case 'ChildClosed':
    case 'ChildStartFailed':
    case 'ChildAbandoned':
      return `child ${event.childId}`;
    default:
      return undefined;
  }
}

export function timersAreNeverEarly({ workflowId, events }: EndedRun): string[] {
  const due = new Map<number, number>();
  return events.flatMap(({ event, timestamp }) => {
    if (event.type === 'TimerStarted') due.set(event.timerId, event.dueAt);
    const dueAt = event.type === 'TimerFired' ? due.get(event.timerId) : undefined;
    return dueAt !== undefined && timestamp < dueAt
      ? [`${workflowId}: a timer fired ${dueAt - timestamp} ms early`]
      : [];
  });
}

export function revisionsHaveNoGap({ workflowId, stored }: EndedExecution): string[] {
  return stored.every(({ revision }, index) => revision === index) ? [] : [`${workflowId}: its revisions have a gap`];
}

/** Newest first: a step that succeeded later is undone earlier. */
export function compensationsRunNewestFirst({ workflowId, events }: EndedRun): string[] {
  const succeeded: number[] = [];
  const undone: number[] = [];
  for (const { event } of events) {
    if (event.type === 'StepSucceeded') succeeded.push(event.stepId);
    if (event.type === 'StepScheduled' && event.compensates !== undefined) undone.push(event.compensates);
  }
  const places = undone.map((stepId) => succeeded.indexOf(stepId));
  const isOrdered = places.every((place, index) => place >= 0 && (index === 0 || place < (places[index - 1] ?? -1)));
  return isOrdered ? [] : [`${workflowId}: steps ${undone.join(', ')} were undone out of order`];
}

/** An at-most-once step called on the world at most once, whatever happened to its nodes. */
export function atMostOnceIsKept({ workflowId, runId, events }: EndedRun, effects: readonly Effect[]): string[] {
  return events.flatMap(({ event }) => {
    if (event.type !== 'StepScheduled' || !event.atMostOnce) return [];
    const calls = effects.filter((effect) => effect.runId === runId && effect.stepId === event.stepId).length;
    return calls > 1 ? [`${workflowId}: at-most-once step ${event.stepId} ran ${calls} times`] : [];
  });
}

/** What a parent was told of a child is what became of it; and a child that was started is there. */
export function childrenAgree({ workflowId, events }: EndedRun, all: readonly EndedExecution[]): string[] {
  return events.flatMap(({ event }) => {
    if (event.type !== 'ChildClosed') return [];
    const closing = all
      .flatMap(({ runs }) => runs)
      .find(({ runId }) => runId === event.runId)
      ?.events.at(-1)?.event.type;
    return closing === closingOf[event.outcome.status]
      ? []
      : [
          `${workflowId}: child ${event.childId} ${event.outcome.status}, but its own log ends with ${closing ?? 'nothing'}`,
        ];
  });
}

const closingOf = {
  completed: 'WorkflowCompleted',
  failed: 'WorkflowFailed',
  cancelled: 'WorkflowCancelled',
  terminated: 'WorkflowTerminated',
  'timed-out': 'WorkflowTimedOut',
} as const;

/** A cold replay decides what was recorded, value by value, and nothing beyond it. */
export async function replayEqualsLive(
  { workflowId, runId, events }: EndedRun,
  workflow: RegisteredWorkflow,
  host: RunHost,
): Promise<string[]> {
  const patchesMarked = new Set(events.flatMap(({ event }) => (event.type === 'PatchMarked' ? [event.patchId] : [])));
  const address = { namespace: 'default', workflowId, runId, workflowType: workflow.type };
  const run = new WorkflowRun(address, workflow, host, { patchesMarked });
  const asked: Decision[] = [];
  for (const { event, timestamp } of events) {
    if (!isCause(event)) continue;
    await turn(run, event, { at: timestamp, isLive: false, endOfTurn });
    if (run.fault) return [`${workflowId}: replay failed: ${run.fault.message}`];
    asked.push(...run.takeDecisions());
  }
  return differences(workflowId, events.map(({ event }) => event).filter(isDecision), asked);
}

function differences(workflowId: string, recorded: readonly Decision[], asked: readonly Decision[]): string[] {
  const place = Array.from({ length: Math.max(recorded.length, asked.length) }).findIndex(
    (_, index) => comparable(recorded[index]) !== comparable(asked[index]),
  );
  if (place < 0) return [];
  return [
    `${workflowId}: decision ${place} is ${comparable(recorded[place])} in the log and ${comparable(asked[place])} in a replay`,
  ];
}

/** Stacks tell of the machinery that ran the code, which differs between a live turn and a replay. */
function comparable(decision: Decision | undefined): string {
  if (!decision) return 'missing';
  return JSON.stringify(decision, (key, value: unknown) => (key === 'stack' ? undefined : value));
}

import { endOfTurn, fromStoredEvent, type StoredEvent } from '@fermata/engine';
import {
  isCause,
  isDecision,
  turn,
  WorkflowRun,
  type Decision,
  type ExecutionEvent,
  type RegisteredWorkflow,
  type RunHost,
  type TimedEvent,
} from '@fermata/kernel';
import type { Acknowledged } from './simulated-client.js';

/** One execution as the log has it at the end. */
export interface EndedExecution {
  readonly workflowId: string;
  readonly stored: readonly StoredEvent[];
  readonly events: readonly TimedEvent[];
}

export function endedExecution(workflowId: string, stored: readonly StoredEvent[]): EndedExecution {
  return { workflowId, stored, events: stored.map(fromStoredEvent) };
}

const closings: readonly string[] = ['WorkflowCompleted', 'WorkflowFailed', 'WorkflowCancelled', 'WorkflowTerminated'];

export function acknowledgedStartCloses({ workflowId, events }: EndedExecution, { starts }: Acknowledged): string[] {
  const runId = starts.get(workflowId);
  if (runId === undefined) return [];
  const first = events[0]?.event;
  if (first?.type !== 'WorkflowStarted' || first.runId !== runId)
    return [`${workflowId}: its acknowledged start is lost`];
  const last = events.at(-1)?.event.type ?? '';
  return closings.includes(last) ? [] : [`${workflowId}: hasn't closed, its last event is ${last}`];
}

export function acknowledgedSignalsAreThereOnce(
  { workflowId, events }: EndedExecution,
  { signals }: Acknowledged,
): string[] {
  return (signals.get(workflowId) ?? []).flatMap((requestId) => {
    const count = events.filter(({ event }) => event.type === 'SignalReceived' && event.requestId === requestId).length;
    return count === 1 ? [] : [`${workflowId}: signal ${requestId} is in the log ${count} times`];
  });
}

export function closesOnce({ workflowId, events }: EndedExecution): string[] {
  const count = events.filter(({ event }) => closings.includes(event.type)).length;
  return count > 1 ? [`${workflowId}: closed ${count} times`] : [];
}

/** Each step and timer has at most one end, and only after its beginning. */
export function outcomesAreRecordedOnce({ workflowId, events }: EndedExecution): string[] {
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
    default:
      return undefined;
  }
}

export function timersAreNeverEarly({ workflowId, events }: EndedExecution): string[] {
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
export function compensationsRunNewestFirst({ workflowId, events }: EndedExecution): string[] {
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

/** A cold replay decides what was recorded, value by value, and nothing beyond it. */
export async function replayEqualsLive(
  { workflowId, events }: EndedExecution,
  workflow: RegisteredWorkflow,
  host: RunHost,
): Promise<string[]> {
  const started = events[0]?.event;
  if (started?.type !== 'WorkflowStarted') return [];
  const { runId, workflowType } = started;
  const run = new WorkflowRun({ namespace: 'default', workflowId, runId, workflowType }, workflow, host);
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

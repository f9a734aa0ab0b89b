import { createHash } from 'node:crypto';
import type { ChildOutcome, EpochMs, ExecutionEvent, Millis, RunId, WorkflowStarted } from '@fermata/kernel';
import type { JsonObject, Revision, StoredEvent } from '../event-store/event-store.js';
import type { ExecutionStatus } from '../read-model/read-model.js';
import { executionEventOf } from './execution-event.js';

/** `open`: it hasn't ended yet. */
export type SpanStatus = 'open' | 'ok' | 'failed' | 'cancelled' | 'timed-out';

/** What a run did, or one thing that it did or waited for. Times are ISO 8601, in UTC. */
export interface Span {
  /** 16 hex digits, the same in every answer. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'run' | 'step' | 'attempt' | 'timer' | 'signal' | 'condition' | 'child' | 'update';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly status: SpanStatus;
  readonly attributes: JsonObject;
}

/** A span whose end may still come. */
interface OpenSpan {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: Span['kind'];
  readonly startedAt: EpochMs;
  endedAt?: EpochMs;
  status: SpanStatus;
  attributes: JsonObject;
}

/**
 * The spans of one run, in the order in which they became known: the run, its steps with each attempt that has ended as
 * a child, its timers and its signals. A signal's span is the wait for it; one that nobody waited for is a point in time.
 * @param events the run's history from its start; nothing comes of one that doesn't hold the start
 */
export function traceOf(events: readonly StoredEvent[]): readonly Span[] {
  let trace: Trace | undefined;
  for (const stored of events) {
    const event = executionEventOf(stored);
    if (!event) continue;
    if (event.type !== 'WorkflowStarted') trace?.record(event, stored);
    else if (trace) break;
    else trace = new Trace(event, stored);
  }
  return trace?.spans() ?? [];
}

/** Derived, so that it is the same whenever and wherever a trace is computed. An event begins at most one span. */
function spanIdOf(runId: RunId, revision: Revision): string {
  return createHash('sha256').update(`${runId}:${revision}`).digest('hex').slice(0, 16);
}

class Trace {
  readonly #runId: RunId;
  readonly #run: OpenSpan;
  readonly #spans: OpenSpan[];
  readonly #steps = new Map<number, OpenSpan>();
  readonly #timers = new Map<number, OpenSpan>();
  /** Waits for signals and conditions. */
  readonly #signals = new Map<number, OpenSpan>();
  readonly #children = new Map<number, OpenSpan>();
  readonly #updates = new Map<string, OpenSpan>();
  /** Why the run's code can't go on. */
  #stuck: string | undefined;
  /** By timer, the signal wait that it limits. */
  readonly #limits = new Map<number, number>();

  constructor({ runId, workflowType }: WorkflowStarted, { revision, timestamp }: StoredEvent) {
    this.#runId = runId;
    this.#run = {
      spanId: spanIdOf(runId, revision),
      name: workflowType,
      kind: 'run',
      startedAt: timestamp,
      status: 'open',
      attributes: { runId, workflowType, status: 'running' satisfies ExecutionStatus },
    };
    this.#spans = [this.#run];
  }

  record(event: Exclude<ExecutionEvent, WorkflowStarted>, stored: StoredEvent): void {
    // What comes after the close of a run is late, and of no effect.
    if (this.#run.endedAt !== undefined) return;
    const at = stored.timestamp;
    switch (event.type) {
      case 'StepScheduled': {
        const { stepId, name, compensates } = event;
        const attributes = { stepId, ...(compensates !== undefined && { compensates }) };
        this.#steps.set(stepId, this.#open(stored, 'step', name, attributes));
        return;
      }
      case 'StepAttemptFailed':
        this.#addAttempt(stored, event, 'failed', { error: event.failure.message });
        return;
      case 'StepSucceeded':
        this.#addAttempt(stored, event, 'ok', {});
        return end(this.#steps, event.stepId, at, 'ok');
      case 'StepFailed':
        this.#addAttempt(stored, event, 'failed', { error: event.failure.message });
        return end(this.#steps, event.stepId, at, 'failed');
      case 'StepCancelled':
        return end(this.#steps, event.stepId, at, 'cancelled');
      case 'TimerStarted': {
        const { timerId, dueAt, waitId } = event;
        const attributes = { timerId, dueAt: toIso(dueAt), ...(waitId !== undefined && { limits: waitId }) };
        this.#timers.set(timerId, this.#open(stored, 'timer', 'timer', attributes));
        if (waitId !== undefined) this.#limits.set(timerId, waitId);
        return;
      }
      case 'TimerFired':
        return this.#endTimer(event.timerId, at, 'ok', 'timed-out');
      case 'TimerCancelled':
        return this.#endTimer(event.timerId, at, 'cancelled', 'cancelled');
      case 'SignalAwaited': {
        const { waitId, name } = event;
        this.#signals.set(waitId, this.#open(stored, 'signal', name, { waitId }));
        return;
      }
      case 'ConditionAwaited':
        this.#signals.set(event.waitId, this.#open(stored, 'condition', 'condition', { waitId: event.waitId }));
        return;
      case 'WaitEnded':
        return end(this.#signals, event.waitId, at, 'ok');
      case 'ChildRequested': {
        const { childId, workflowId, workflowType } = event;
        this.#children.set(childId, this.#open(stored, 'child', workflowType, { childId, workflowId }));
        return;
      }
      case 'ChildStarted': {
        const child = this.#children.get(event.childId);
        if (child) child.attributes = { ...child.attributes, runId: event.runId };
        return;
      }
      case 'ChildStartFailed':
        return end(this.#children, event.childId, at, 'failed');
      case 'ChildClosed':
        return end(this.#children, event.childId, at, spanStatusOf(event.outcome.status));
      case 'ChildAbandoned':
        return end(this.#children, event.childId, at, 'cancelled');
      case 'UpdateAccepted':
        this.#updates.set(event.updateId, this.#open(stored, 'update', event.name, { updateId: event.updateId }));
        return;
      case 'UpdateCompleted':
        return end(this.#updates, event.updateId, at, event.failure ? 'failed' : 'ok');
      case 'WorkflowTimedOut':
        return this.#close(at, 'timed-out', 'timed-out', event.failure.message);
      case 'WorkflowContinuedAsNew':
        return this.#close(at, 'continued-as-new', 'ok');
      case 'StartDelayElapsed':
      case 'RunTimedOut':
      case 'StepStarted':
      case 'StepHandedOut':
      case 'StepHeartbeatRecorded':
      case 'StepCancelRequested':
      case 'ChildCancelRequested':
      case 'ChildCancelDelivered':
      case 'ChildrenReleased':
      case 'PatchMarked':
      case 'SearchAttributesSet':
        return;
      case 'SignalReceived':
        return this.#receiveSignal(stored, event.name);
      case 'WorkflowStuck':
        this.#stuck = event.failure.message;
        return;
      case 'WorkflowUnstuck':
        this.#stuck = undefined;
        return;
      case 'CancelRequested':
        this.#run.attributes = { ...this.#run.attributes, cancelRequestedAt: toIso(at) };
        return;
      case 'WorkflowCompleted':
        return this.#close(at, 'completed', 'ok');
      case 'WorkflowFailed':
        return this.#close(at, 'failed', 'failed', event.failure.message);
      case 'WorkflowCancelled':
        return this.#close(at, 'cancelled', 'cancelled', event.failure.message);
      case 'WorkflowTerminated':
        return this.#close(at, 'terminated', 'cancelled', event.reason);
    }
  }

  spans(): readonly Span[] {
    if (this.#run.status === 'open' && this.#stuck !== undefined) {
      this.#run.attributes = { ...this.#run.attributes, status: 'stuck', error: this.#stuck };
    }
    return this.#spans.map(toSpan);
  }

  #open({ revision, timestamp }: StoredEvent, kind: Span['kind'], name: string, attributes: JsonObject): OpenSpan {
    const spanId = spanIdOf(this.#runId, revision);
    const parentSpanId = this.#run.spanId;
    const span: OpenSpan = { spanId, parentSpanId, name, kind, startedAt: timestamp, status: 'open', attributes };
    this.#spans.push(span);
    return span;
  }

  #addAttempt(
    { revision, timestamp }: StoredEvent,
    { stepId, attempt, durationMs }: { readonly stepId: number; readonly attempt: number; readonly durationMs: Millis },
    status: SpanStatus,
    more: JsonObject,
  ): void {
    const step = this.#steps.get(stepId);
    if (step?.status !== 'open') return;
    this.#spans.push({
      spanId: spanIdOf(this.#runId, revision),
      parentSpanId: step.spanId,
      name: step.name,
      kind: 'attempt',
      startedAt: timestamp - durationMs,
      endedAt: timestamp,
      status,
      attributes: { stepId, attempt, ...more },
    });
  }

  #endTimer(timerId: number, at: EpochMs, status: SpanStatus, limitedStatus: SpanStatus): void {
    end(this.#timers, timerId, at, status);
    const limited = this.#limits.get(timerId);
    if (limited !== undefined) end(this.#signals, limited, at, limitedStatus);
  }

  #receiveSignal(stored: StoredEvent, name: string): void {
    const waits = [...this.#signals].filter(([, span]) => span.status === 'open' && span.name === name);
    const oldest = waits.sort(([a], [b]) => a - b)[0];
    const span = oldest?.[1] ?? this.#open(stored, 'signal', name, {});
    span.status = 'ok';
    span.endedAt = stored.timestamp;
  }

  /** What is still open ends with the run, without an outcome of its own. */
  #close(at: EpochMs, runStatus: ExecutionStatus, status: SpanStatus, error?: string): void {
    for (const span of this.#spans) {
      if (span.status !== 'open') continue;
      span.status = 'cancelled';
      span.endedAt = at;
    }
    this.#run.status = status;
    this.#run.attributes = { ...this.#run.attributes, status: runStatus, ...(error !== undefined && { error }) };
  }
}

function spanStatusOf(status: ChildOutcome['status']): SpanStatus {
  switch (status) {
    case 'completed':
      return 'ok';
    case 'terminated':
      return 'cancelled';
    default:
      return status;
  }
}

function end<Id>(spans: ReadonlyMap<Id, OpenSpan>, id: Id, at: EpochMs, status: SpanStatus): void {
  const span = spans.get(id);
  if (span?.status !== 'open') return;
  span.status = status;
  span.endedAt = at;
}

function toSpan({ startedAt, endedAt, ...rest }: OpenSpan): Span {
  return { ...rest, startedAt: toIso(startedAt), ...(endedAt !== undefined && { endedAt: toIso(endedAt) }) };
}

function toIso(at: EpochMs): string {
  return new Date(at).toISOString();
}

import {
  executionNotFound,
  isClosing,
  streamIdOf,
  type ClosingEvent,
  type EpochMs,
  type ExecutionTarget,
  type Failure,
  type Millis,
  type Payload,
  type RunId,
  type WorkflowStarted,
} from '@fermata/kernel';
import type { EventStore, Position, StoredEvent } from '../event-store/event-store.js';
import { fromStoredEvent } from '../executions/history-event.js';
import { traceOf, type Span } from '../projection/trace.js';
import type { ExecutionRow, ListOptions, ReadModel, WaitRow } from '../read-model/read-model.js';
import { toOutcome } from '../results/closed-outcome.js';
import type { ExecutionDescription, ExecutionList, HistoryPage } from './description.js';
import { toHistoryEvent, toSummary } from './summary.js';
import { toPendingStep, toWait } from './waits.js';

interface ProjectionProgress {
  readonly position: Position;
  /** @throws FermataError `READ_MODEL_LAGS` when it isn't there in time */
  waitFor(position: Position, timeoutMs: Millis): Promise<void>;
}

export interface ViewParts {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly projection: () => ProjectionProgress;
  readonly now: () => EpochMs;
}

export interface ReadAt {
  /** See at least what is durable up to here: a position that a write gave. One execution is always shown as it is now. */
  readonly position?: Position;
  readonly runId?: RunId;
}

export interface HistoryOptions extends ReadAt {
  /** The first revision wanted. Default: the run's first, or its last when backwards. */
  readonly from?: number;
  /** Default 1,000, at most 10,000. */
  readonly limit?: number;
  readonly direction?: 'forwards' | 'backwards';
}

/** How long a read waits for the read model to reach the position it asks for. */
const lagMsMax: Millis = 5_000;
const historyEventsDefault = 1_000;
export const historyEventsMax = 10_000;
/** A trace of more events than this would be of no use to a person; the history has them all. */
const traceEventsMax = 50_000;

/** The read side: what operators and clients see of executions. */
export class ExecutionViews {
  constructor(private readonly parts: ViewParts) {}

  /**
   * Without a position the list shows what is durable now; position 0 takes the read model as it is.
   * @throws FermataError `MALFORMED_FILTER`, `VALIDATION_FAILED`, `READ_MODEL_LAGS`
   */
  async list({ position, ...options }: ListOptions & { readonly position?: Position }): Promise<ExecutionList> {
    await this.#reach(position ?? (await this.parts.store.head()));
    const reached = this.parts.projection().position;
    const { items, nextCursor } = await this.parts.readModel.list(options);
    return { items: items.map(toSummary), ...(nextCursor !== undefined && { nextCursor }), position: reached };
  }

  /** @throws FermataError `EXECUTION_NOT_FOUND`, `READ_MODEL_LAGS` */
  async describe(target: ExecutionTarget, at: ReadAt = {}): Promise<ExecutionDescription> {
    const row = await this.#find(target, await this.#atLeastNow(at));
    const { position } = this.parts.projection();
    const waits = await this.parts.readModel.waits(row.stream, row.runId);
    const { started, closing } = await this.#ends(row);
    const fault = row.status === 'stuck' ? await this.#faultOf(row) : undefined;
    return {
      ...toSummary(row),
      input: started.input,
      ...(started.memo !== undefined && { memo: started.memo }),
      ...(closing && toEnding(row.runId, closing)),
      ...(fault && { failure: fault }),
      ...toOpenWork(waits, this.parts.now()),
      searchAttributes: {},
      children: [],
      position,
    };
  }

  /** @throws FermataError `EXECUTION_NOT_FOUND`, `READ_MODEL_LAGS` */
  async history(target: ExecutionTarget, options: HistoryOptions = {}): Promise<HistoryPage> {
    const row = await this.#find(target, await this.#atLeastNow(options));
    const limit = Math.min(options.limit ?? historyEventsDefault, historyEventsMax);
    const { direction = 'forwards', from = direction === 'forwards' ? row.firstRevision : row.lastRevision } = options;
    const events = await this.parts.store.readStream(row.stream, { from, limit: limit + 1, direction });
    const ofRun = events.filter(({ revision }) => revision >= row.firstRevision && revision <= row.lastRevision);
    const next = ofRun[limit];
    const { namespace, workflowId, runId } = row;
    const shown = ofRun.slice(0, limit).map(toHistoryEvent);
    return { namespace, workflowId, runId, events: shown, ...(next && { nextFrom: next.revision }) };
  }

  /** @throws FermataError `EXECUTION_NOT_FOUND`, `READ_MODEL_LAGS` */
  async trace(target: ExecutionTarget, at: ReadAt = {}): Promise<readonly Span[]> {
    const row = await this.#find(target, await this.#atLeastNow(at));
    return traceOf(await this.#readRun(row));
  }

  async find(target: ExecutionTarget, at: ReadAt = {}): Promise<ExecutionRow | undefined> {
    await this.#reach(at.position);
    return this.parts.readModel.find(streamIdOf(target), at.runId);
  }

  /** How a run ended, and the run that follows it in the same execution, as the log has them. */
  async endOf(row: ExecutionRow): Promise<{ readonly closing?: ClosingEvent; readonly next?: RunId }> {
    if (row.closedAt === undefined) return {};
    const events = await this.parts.store.readStream(row.stream, { from: row.lastRevision, limit: 2 });
    const [closing, following] = events.map((stored) => fromStoredEvent(stored).event);
    const isNext = following?.type === 'WorkflowStarted' && following.previousRunId === row.runId;
    return { ...(closing && isClosing(closing) && { closing }), ...(isNext && { next: following.runId }) };
  }

  async #find(target: ExecutionTarget, at: ReadAt): Promise<ExecutionRow> {
    const row = await this.find(target, at);
    if (!row) throw executionNotFound(target.workflowId, at.runId);
    return row;
  }

  /** Who looks at one execution wants to see it as it is, not as it was when the read model last caught up. */
  async #atLeastNow<At extends ReadAt>(at: At): Promise<At> {
    return { ...at, position: Math.max(at.position ?? 0, await this.parts.store.head()) };
  }

  async #reach(position: Position | undefined): Promise<void> {
    if (position !== undefined) await this.parts.projection().waitFor(position, lagMsMax);
  }

  async #ends(row: ExecutionRow): Promise<{ readonly started: WorkflowStarted; readonly closing?: ClosingEvent }> {
    const [first] = await this.parts.store.readStream(row.stream, { from: row.firstRevision, limit: 1 });
    const started = first && fromStoredEvent(first).event;
    if (started?.type !== 'WorkflowStarted') throw executionNotFound(row.workflowId, row.runId);
    const { closing } = await this.endOf(row);
    return { started, ...(closing && { closing }) };
  }

  /** Why the run is stuck; what came in since stands behind it. */
  async #faultOf(row: ExecutionRow): Promise<Failure | undefined> {
    for (let from = row.lastRevision; from >= row.firstRevision;) {
      const options = { from, limit: historyEventsDefault, direction: 'backwards' } as const;
      const page = await this.parts.store.readStream(row.stream, options);
      for (const stored of page) {
        const { event } = fromStoredEvent(stored);
        if (event.type === 'WorkflowStuck') return event.failure;
      }
      from = (page.at(-1)?.revision ?? 0) - 1;
    }
    return undefined;
  }

  async #readRun(row: ExecutionRow): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (let from = row.firstRevision; from <= row.lastRevision && events.length < traceEventsMax;) {
      const page = await this.parts.store.readStream(row.stream, { from, limit: historyEventsDefault });
      const last = page.at(-1);
      if (!last) break;
      events.push(...page.filter(({ revision }) => revision <= row.lastRevision));
      from = last.revision + 1;
    }
    return events;
  }
}

type Ending = { readonly result: Payload } | { readonly failure: Failure } | Record<string, never>;

function toEnding(runId: RunId, closing: ClosingEvent): Ending {
  if (closing.type === 'WorkflowContinuedAsNew') return {};
  const outcome = toOutcome(runId, closing);
  return outcome.status === 'completed' ? { result: outcome.result } : { failure: outcome.failure };
}

function toOpenWork(waits: readonly WaitRow[], now: EpochMs): Pick<ExecutionDescription, 'waits' | 'pendingSteps'> {
  return {
    waits: waits.flatMap((wait) => toWait(wait, waits) ?? []),
    pendingSteps: waits.filter(({ kind }) => kind === 'step').map((wait) => toPendingStep(wait, now)),
  };
}

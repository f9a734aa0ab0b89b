import {
  targetOfStream,
  type AlarmKind,
  type EpochMs,
  type ExecutionEvent,
  type WorkflowStarted,
} from '@fermata/kernel';
import type { StoredEvent, StreamId } from '../event-store/event-store.js';
import type { ExecutionRow } from '../read-model/read-model.js';
import { alarmIds } from '../wakeups/alarm-ids.js';
import { applyEvent } from './apply-event.js';
import { executionEventOf } from './execution-event.js';
import { ProjectedRun, type StoredRun } from './projected-run.js';
import type { RunChange } from './run-change.js';

/** How many rows (runs and waits) of recent runs are kept, so that they needn't be read back. They take about 5 MB. */
const rowsCachedMax = 16_384;

interface CachedRun {
  /** Nothing where the stream has no run. */
  readonly run: ProjectedRun | undefined;
  /** How many rows it counted for when the cache was last trimmed. */
  rows: number;
}

/**
 * Turns batches of events into row changes. Pure but for a cache of recent runs, which an adapter fills: for each batch,
 * `missing` says of which streams it needs to know the newest run, `know` tells it, `project` gives the changes.
 */
export class Projection {
  /** By stream, its newest run; the least recently used first. */
  readonly #cache = new Map<StreamId, CachedRun>();
  #rowsCached = 0;

  constructor(private readonly rowsMax: number = rowsCachedMax) {}

  /** Streams whose newest run must be known before the batch can be projected. */
  missing(events: readonly StoredEvent[]): ReadonlySet<StreamId> {
    const missing = new Set<StreamId>();
    const begun = new Set<StreamId>();
    for (const { type, stream, revision } of events) {
      // A stream's first run follows no other; a later one takes over what its forerunner left.
      const isKnown = this.#cache.has(stream) || begun.has(stream) || (type === 'WorkflowStarted' && revision === 0);
      if (!isKnown) missing.add(stream);
      if (type === 'WorkflowStarted') begun.add(stream);
    }
    return missing;
  }

  /** @param run what the tables hold of the stream's newest run, open or closed */
  know(stream: StreamId, run: StoredRun | undefined): void {
    this.#cache.set(stream, { run: run && ProjectedRun.stored(run), rows: 0 });
  }

  /** The changes, in the order in which the runs began. They count as written: call `forget` if they weren't. */
  project(events: readonly StoredEvent[]): readonly RunChange[] {
    const touched = new Set<ProjectedRun>();
    for (const stored of events) {
      const event = executionEventOf(stored);
      if (event) for (const run of this.#apply(stored, event)) touched.add(run);
    }
    const changes = Array.from(touched, (run) => run.takeChange());
    for (const stream of new Set(events.map((event) => event.stream))) this.#keepRecent(stream);
    this.#trim();
    return changes.sort((a, b) => a.startPosition - b.startPosition);
  }

  /** Empties the cache. */
  forget(): void {
    this.#cache.clear();
    this.#rowsCached = 0;
  }

  /** The runs whose rows it changes. */
  #apply(stored: StoredEvent, event: ExecutionEvent): readonly ProjectedRun[] {
    if (event.type === 'WorkflowStarted') return this.#begin(stored, event);
    const run = this.#cache.get(stored.stream)?.run;
    if (!run) return [];
    run.lastRevision = stored.revision;
    if (event.type === 'ChildrenReleased') run.endWait({ kind: 'release', id: 0 });
    // What else comes after the close of a run is late, and of no effect.
    else if (run.isOpen) applyEvent(run, event, stored.timestamp);
    if (run.isOpen) noteTurn(run, stored);
    return [run];
  }

  #begin(stored: StoredEvent, event: WorkflowStarted): readonly ProjectedRun[] {
    const row = toRow(stored, event);
    if (!row) return [];
    const earlier = this.#cache.get(stored.stream)?.run;
    const run = ProjectedRun.begun(stored.position, row);
    if (event.firstTurnAt !== undefined) putAlarm(run, 'start-delay', event.firstTurnAt, stored.timestamp);
    if (event.timeoutAt !== undefined) putAlarm(run, 'timeout', event.timeoutAt, stored.timestamp);
    if (earlier) run.inherit(earlier, stored.timestamp);
    noteTurn(run, stored);
    this.#cache.set(stored.stream, { run, rows: this.#cache.get(stored.stream)?.rows ?? 0 });
    return earlier ? [earlier, run] : [run];
  }

  #keepRecent(stream: StreamId): void {
    const cached = this.#cache.get(stream);
    if (!cached) return;
    this.#cache.delete(stream);
    this.#rowsCached -= cached.rows;
    // A closed run is over; its stream is looked up again in the rare case that more comes.
    if (cached.run?.isOpen === false) return;
    cached.rows = 1 + (cached.run?.waitCount ?? 0);
    this.#rowsCached += cached.rows;
    this.#cache.set(stream, cached);
  }

  #trim(): void {
    for (const [stream, { rows }] of this.#cache) {
      if (this.#rowsCached <= this.rowsMax) return;
      this.#cache.delete(stream);
      this.#rowsCached -= rows;
    }
  }
}

/** Whether the run's code has yet to answer what was appended: then a node that starts must bring it into memory. */
function noteTurn(run: ProjectedRun, { metadata, timestamp }: StoredEvent): void {
  const turn = { kind: 'turn', id: 0 } as const;
  if (metadata.turnPending) {
    run.putWait({ ...turn, stream: run.stream, runId: run.runId, name: '', since: timestamp, dueAt: timestamp });
  } else {
    run.endWait(turn);
  }
}

function putAlarm(run: ProjectedRun, kind: AlarmKind, dueAt: EpochMs, since: EpochMs): void {
  run.putWait({ stream: run.stream, runId: run.runId, kind: 'alarm', id: alarmIds[kind], name: kind, since, dueAt });
}

/** Nothing for a stream that isn't an execution's. */
function toRow(stored: StoredEvent, { runId, workflowType, buildId }: WorkflowStarted): ExecutionRow | undefined {
  const target = targetOfStream(stored.stream);
  return (
    target && {
      stream: stored.stream,
      ...target,
      runId,
      workflowType,
      status: 'running',
      startedAt: stored.timestamp,
      firstRevision: stored.revision,
      lastRevision: stored.revision,
      ...(buildId !== undefined && { buildId }),
    }
  );
}

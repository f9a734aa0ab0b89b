import { targetOfStream, type ExecutionEvent, type WorkflowStarted } from '@fermata/kernel';
import type { StoredEvent, StreamId } from '../event-store/event-store.js';
import type { ExecutionRow } from '../read-model/read-model.js';
import { applyEvent } from './apply-event.js';
import { executionEventOf } from './execution-event.js';
import { ProjectedRun, type StoredRun } from './projected-run.js';
import type { RunChange } from './run-change.js';

/** How many rows (runs and waits) of recent runs are kept in memory, which takes about 10 MB: what spares reading them back. */
const rowsCachedMax = 50_000;

/**
 * Turns batches of events into row changes. Pure but for a cache of recent runs, which an adapter fills: for each batch,
 * `missing` says of which streams it needs to know the newest run, `know` tells it, `project` gives the changes.
 */
export class Projection {
  /** The newest run of a stream; `undefined`: there is none. Least recently used first. */
  readonly #runs = new Map<StreamId, ProjectedRun | undefined>();
  #rowsCached = 0;

  constructor(private readonly rowsMax: number = rowsCachedMax) {}

  /** Streams whose newest run must be known before the batch can be projected. */
  missing(events: readonly StoredEvent[]): ReadonlySet<StreamId> {
    const missing = new Set<StreamId>();
    const begun = new Set<StreamId>();
    for (const event of events) {
      if (event.type === 'WorkflowStarted') begun.add(event.stream);
      else if (!this.#runs.has(event.stream) && !begun.has(event.stream)) missing.add(event.stream);
    }
    return missing;
  }

  /** @param run what the tables hold of the stream's newest run, open or closed */
  know(stream: StreamId, run: StoredRun | undefined): void {
    this.#runs.set(stream, run && ProjectedRun.stored(run));
  }

  /** The changes, in the order in which the runs began. The cache counts them as written: after a failure, `forget`. */
  project(events: readonly StoredEvent[]): readonly RunChange[] {
    const touched = new Set<ProjectedRun>();
    for (const stored of events) {
      const event = executionEventOf(stored);
      const run = event && this.#apply(stored, event);
      if (run) touched.add(run);
    }
    const changes = Array.from(touched, (run) => run.takeChange());
    this.#trim(events);
    return changes.sort((a, b) => a.startPosition - b.startPosition);
  }

  forget(): void {
    this.#runs.clear();
    this.#rowsCached = 0;
  }

  #apply(stored: StoredEvent, event: ExecutionEvent): ProjectedRun | undefined {
    if (event.type === 'WorkflowStarted') return this.#begin(stored, event);
    const run = this.#runs.get(stored.stream);
    if (!run) return undefined;
    run.lastRevision = stored.revision;
    // What comes after the close of a run is late, and of no effect.
    if (run.isOpen) applyEvent(run, event, stored.timestamp);
    return run;
  }

  #begin(stored: StoredEvent, event: WorkflowStarted): ProjectedRun | undefined {
    const row = toRow(stored, event);
    if (!row) return undefined;
    const run = ProjectedRun.begun(stored.position, row);
    this.#runs.set(stored.stream, run);
    return run;
  }
}

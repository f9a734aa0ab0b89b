import type { EpochMs } from '@fermata/kernel';
import type { Position, Revision } from '../event-store/event-store.js';
import { waitKinds, type ExecutionRow, type ExecutionStatus, type WaitRow } from '../read-model/read-model.js';
import type { RunChange, WaitKey } from './run-change.js';

interface ProjectedWait {
  row: WaitRow;
  /** Whether the tables hold a row for it, be it an older one. */
  isStored: boolean;
  hasChanged: boolean;
}

/** What the tables hold of a run. */
export interface StoredRun {
  readonly startPosition: Position;
  readonly row: ExecutionRow;
  readonly waits: readonly WaitRow[];
}

const release = { kind: 'release', id: 0 } as const;

function keyOf({ kind, id }: WaitKey): number {
  return id * waitKinds.length + waitKinds.indexOf(kind);
}

/** One run's rows while events are applied to them, and what of that the tables don't hold yet. */
export class ProjectedRun {
  readonly startPosition: Position;
  lastRevision: Revision;
  readonly #row: ExecutionRow;
  readonly #waits = new Map<number, ProjectedWait>();
  #status: ExecutionStatus;
  #closedAt: EpochMs | undefined;
  #ended: WaitKey[] = [];
  #storedWaits = 0;
  #isStored = false;
  #hasChanged = true;
  /** It closed since the tables were written: no row of what it waited for stays. */
  #hasJustClosed = false;

  private constructor(startPosition: Position, row: ExecutionRow) {
    this.startPosition = startPosition;
    this.lastRevision = row.lastRevision;
    this.#row = row;
    this.#status = row.status;
    this.#closedAt = row.closedAt;
  }

  static begun(startPosition: Position, row: ExecutionRow): ProjectedRun {
    return new ProjectedRun(startPosition, row);
  }

  static stored({ startPosition, row, waits }: StoredRun): ProjectedRun {
    const run = new ProjectedRun(startPosition, row);
    run.#isStored = true;
    run.#hasChanged = false;
    run.#storedWaits = waits.length;
    for (const wait of waits) run.#waits.set(keyOf(wait), { row: wait, isStored: true, hasChanged: false });
    return run;
  }

  get runId(): string {
    return this.#row.runId;
  }

  get stream(): string {
    return this.#row.stream;
  }

  get isOpen(): boolean {
    return this.#closedAt === undefined;
  }

  get waitCount(): number {
    return this.#waits.size;
  }

  wait(key: WaitKey): WaitRow | undefined {
    return this.#waits.get(keyOf(key))?.row;
  }

  /** Of the waits for a signal, the one that was asked first. */
  oldestSignalWait(name: string): WaitRow | undefined {
    let oldest: WaitRow | undefined;
    for (const { row } of this.#waits.values()) {
      if (row.kind === 'signal' && row.name === name && (!oldest || row.id < oldest.id)) oldest = row;
    }
    return oldest;
  }

  waitRows(): readonly WaitRow[] {
    return Array.from(this.#waits.values(), ({ row }) => row);
  }

  putWait(row: WaitRow): void {
    const known = this.#waits.get(keyOf(row));
    if (!known) this.#waits.set(keyOf(row), { row, isStored: false, hasChanged: true });
    else {
      known.row = row;
      known.hasChanged = true;
    }
  }

  endWait(key: WaitKey): void {
    const known = this.#waits.get(keyOf(key));
    if (!known) return;
    this.#waits.delete(keyOf(key));
    if (known.isStored) this.#ended.push({ kind: key.kind, id: key.id });
  }

  /** Its waits are kept, and written again: whether they are due depends on it. */
  setStuck(isStuck: boolean): void {
    this.#status = isStuck ? 'stuck' : 'running';
    this.#hasChanged = true;
    for (const wait of this.#waits.values()) wait.hasChanged = true;
  }

  /** Children that are still open have to be dealt with, which is the one thing that a closed run waits for. */
  close(status: ExecutionStatus, at: EpochMs): void {
    const hasChildren = [...this.#waits.values()].some(({ row }) => row.kind === 'child');
    this.#status = status;
    this.#closedAt = at;
    this.#hasChanged = true;
    this.#hasJustClosed = true;
    this.#ended = [];
    this.#waits.clear();
    if (hasChildren) this.putWait(this.#releaseWait(at));
  }

  /** What an earlier run of the same stream left to be done. */
  inherit(earlier: ProjectedRun, at: EpochMs): void {
    if (!earlier.wait(release)) return;
    earlier.endWait(release);
    this.putWait(this.#releaseWait(at));
  }

  #releaseWait(at: EpochMs): WaitRow {
    return { ...release, stream: this.stream, runId: this.runId, name: '', since: at, dueAt: at };
  }

  /** What the tables lack; from here on they are taken to have it. */
  takeChange(): RunChange {
    const change: RunChange = {
      startPosition: this.startPosition,
      row: this.#toRow(),
      kind: this.#isStored ? (this.#hasChanged ? 'updated' : 'touched') : 'inserted',
      ended: this.#hasJustClosed && this.#storedWaits > 0 ? 'all' : this.#ended,
      waits: this.#takeChangedWaits(),
    };
    this.#isStored = true;
    this.#hasChanged = false;
    this.#hasJustClosed = false;
    this.#ended = [];
    this.#storedWaits = this.#waits.size;
    return change;
  }

  #toRow(): ExecutionRow {
    const closed = this.#closedAt !== undefined && { closedAt: this.#closedAt };
    return { ...this.#row, status: this.#status, lastRevision: this.lastRevision, ...closed };
  }

  #takeChangedWaits(): readonly WaitRow[] {
    const changed: WaitRow[] = [];
    for (const wait of this.#waits.values()) {
      if (!wait.hasChanged) continue;
      changed.push(wait.row);
      wait.isStored = true;
      wait.hasChanged = false;
    }
    return changed;
  }
}

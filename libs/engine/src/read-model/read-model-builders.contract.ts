import type { EpochMs, ExecutionEvent, WorkflowStarted } from '@fermata/kernel';
import { streamIdOf } from '@fermata/kernel';
import { toNewEvent } from '../executions/history-event.js';
import type { Position, StoredEvent, StreamId } from '../event-store/event-store.js';
import type { ReadModel } from './read-model.js';

export const started: EpochMs = Date.parse('2026-03-01T12:00:00Z');

export function streamOf(workflowId: string, namespace = 'default'): StreamId {
  return streamIdOf({ namespace, workflowId });
}

/** UUIDv7-like, so that it's kept as one. */
export function runIdOf(number: number): string {
  return `0195511e-1a00-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export function aStart(parts: Partial<WorkflowStarted> = {}): WorkflowStarted {
  return { type: 'WorkflowStarted', version: 1, runId: runIdOf(1), workflowType: 'checkout', input: null, ...parts };
}

export const aFailure = { type: 'CardDeclined', message: 'no money left' };

/** A log that a test writes event by event. Positions leave gaps, as those of EventStoreDB do. */
export class LogBuilder {
  readonly events: StoredEvent[] = [];
  readonly #revisions = new Map<StreamId, number>();

  constructor(private readonly positionStep = 3) {}

  get head(): Position {
    return this.events.at(-1)?.position ?? 0;
  }

  /** Appends what happened to one execution, all at the same time. */
  add(stream: StreamId, at: EpochMs, ...events: readonly ExecutionEvent[]): this {
    for (const event of events) this.addRaw(stream, at, toNewEvent(event));
    return this;
  }

  addRaw(stream: StreamId, at: EpochMs, event: Pick<StoredEvent, 'type' | 'version' | 'data'>): this {
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    const position = this.head + this.positionStep;
    this.events.push({ ...event, id: `event-${position}`, stream, revision, position, timestamp: at, metadata: {} });
    return this;
  }

  /** Applies what the read model lacks. */
  async applyTo(readModel: ReadModel): Promise<void> {
    const after = await readModel.checkpoint();
    await readModel.apply(
      this.events.filter(({ position }) => position > after),
      after,
    );
  }
}

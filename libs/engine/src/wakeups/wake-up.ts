import type { EpochMs, RunId } from '@fermata/kernel';
import type { StreamId } from '../event-store/event-store.js';

/** A time at which the node has to act for a run: a timer is due, or a step's next attempt. */
export interface WakeUp {
  readonly stream: StreamId;
  readonly runId: RunId;
  readonly kind: 'timer' | 'step';
  /** The timer's or step's ID. */
  readonly id: number;
  readonly dueAt: EpochMs;
}

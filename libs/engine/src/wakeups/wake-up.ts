import type { EpochMs, RunId } from '@fermata/kernel';
import type { StreamId } from '../event-store/event-store.js';

/** A time at which the node has to act for a run. */
export interface WakeUp {
  readonly stream: StreamId;
  readonly runId: RunId;
  /** `child` and `turn`: the run has to be brought into memory, which sees to what is pending. */
  readonly kind: 'timer' | 'step' | 'alarm' | 'child' | 'turn';
  /** The timer's, step's, alarm's or child's ID. */
  readonly id: number;
  readonly dueAt: EpochMs;
}

import type { EpochMs } from '../../duration/duration.js';
import type { TimerId, WaitId } from './ids.js';

export interface TimerStarted {
  readonly type: 'TimerStarted';
  readonly version: 1;
  readonly timerId: TimerId;
  readonly dueAt: EpochMs;
  /** The wait of which this timer is the time-out. */
  readonly waitId?: WaitId;
}

/** Its time had come: the event's timestamp is never before the timer's `dueAt`. */
export interface TimerFired {
  readonly type: 'TimerFired';
  readonly version: 1;
  readonly timerId: TimerId;
}

export interface TimerCancelled {
  readonly type: 'TimerCancelled';
  readonly version: 1;
  readonly timerId: TimerId;
}

import type { Failure } from '../../errors/failure.js';
import type { Payload } from '../../payload/payload.js';
import type { UpdateId, WaitId } from './ids.js';

export interface SignalReceived {
  readonly type: 'SignalReceived';
  readonly version: 1;
  readonly name: string;
  readonly payload: Payload;
  /** Makes a repeated send count once. */
  readonly requestId?: string;
}

/** Workflow code waits for a signal that hadn't come yet. */
export interface SignalAwaited {
  readonly type: 'SignalAwaited';
  readonly version: 1;
  readonly waitId: WaitId;
  readonly name: string;
}

/** Workflow code waits until its state fulfils a condition. */
export interface ConditionAwaited {
  readonly type: 'ConditionAwaited';
  readonly version: 1;
  readonly waitId: WaitId;
}

/** A wait ended without an event that says so: its condition was met, or the code gave it up. */
export interface WaitEnded {
  readonly type: 'WaitEnded';
  readonly version: 1;
  readonly waitId: WaitId;
}

/** A validated message that its sender awaits an answer to. */
export interface UpdateAccepted {
  readonly type: 'UpdateAccepted';
  readonly version: 1;
  readonly updateId: UpdateId;
  readonly name: string;
  readonly args: Payload;
}

/** How an accepted update ended: a result, or a failure. */
export interface UpdateCompleted {
  readonly type: 'UpdateCompleted';
  readonly version: 1;
  readonly updateId: UpdateId;
  readonly result?: Payload;
  readonly failure?: Failure;
}

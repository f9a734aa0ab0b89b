import type { Millis } from '@fermata/kernel';

/** How often what goes wrong; each a probability an operation, unless it says otherwise. */
export interface Faults {
  /** The node dies, at one of its waits. */
  readonly crash: number;
  /** A second node takes up the work while the first still runs. */
  readonly staleOwner: number;
  /** An append isn't done, and the store says so. */
  readonly appendRefused: number;
  /** An append is done, and its answer is lost. */
  readonly answerLost: number;
  /** An append takes seconds. */
  readonly appendSlow: number;
  /** A step's outcome is reported twice. */
  readonly duplicateOutcome: number;
  /** The read model is lost with a crash. */
  readonly readModelLost: number;
}

export const noFaults: Faults = {
  crash: 0,
  staleOwner: 0,
  appendRefused: 0,
  answerLost: 0,
  appendSlow: 0,
  duplicateOutcome: 0,
  readModelLost: 0,
};

export const rough: Faults = {
  crash: 0.02,
  staleOwner: 0.004,
  appendRefused: 0.03,
  answerLost: 0.03,
  appendSlow: 0.02,
  duplicateOutcome: 0.05,
  readModelLost: 0.2,
};

/** How long the store takes for what it does, in ordinary times and in slow ones. */
export const appendMsMax: Millis = 5;
export const appendSlowMsMax: Millis = 8_000;

import type { Position } from '../event-store/event-store.js';

/** A command's answer, given once what follows from it is durable. */
export interface Committed<Answer> {
  readonly answer: Answer;
  /** Reads at this position see what the command did. */
  readonly position: Position;
}

import type { Catalogue } from '../data/catalogue.js';
import type { OrderCase } from '../data/orders.js';
import type { Effect, RecordedCall } from '../services/ledger.js';
import type { ClosedRun } from './messages.js';

/** All that is known when the demo is over: what should have come of it, what the engine says, what the services say. */
export interface Evidence {
  readonly cases: readonly OrderCase[];
  readonly runs: ReadonlyMap<string, ClosedRun>;
  readonly effects: readonly Effect[];
  readonly calls: readonly RecordedCall[];
  readonly catalogue: Catalogue;
  /** What is left on the shelf, by article. */
  readonly stock: ReadonlyMap<string, number>;
}

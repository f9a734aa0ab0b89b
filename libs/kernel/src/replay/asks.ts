import type { Millis } from '../duration/duration.js';
import type { QueryHandler, SignalHandler } from '../workflow/registered-workflow.js';
import type { SignalWaitOptions, StepFunction } from '../workflow/context.js';
import type { RunAddress } from './run-address.js';
import type { Scope } from './scope.js';
import type { SeededRandom } from './seeded-random.js';
import type { AskStepOptions } from './step-asks.js';

/** What a run does for its workflow code; each context hands it on with a scope. */
export interface Asks {
  readonly address: RunAddress;
  readonly now: number;
  readonly random: SeededRandom;
  askStep(scope: Scope, name: string, work: StepFunction<unknown>, options?: AskStepOptions): Promise<unknown>;
  askTimer(scope: Scope, ms: Millis): Promise<unknown>;
  askSignal(scope: Scope, name: string, options: SignalWaitOptions): Promise<unknown>;
  handleSignal(name: string, handler: SignalHandler): void;
  handleQuery(name: string, handler: QueryHandler): void;
  /** @throws FermataError when called from a step, from a query, or while no event is being applied */
  assertUsable(call: string): void;
}

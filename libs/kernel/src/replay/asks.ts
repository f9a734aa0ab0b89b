import type { Millis } from '../duration/duration.js';
import type { SearchAttributes } from '../execution/events.js';
import type { SignalWaitOptions, StepFunction } from '../workflow/context.js';
import type {
  DefaultSignalHandler,
  QueryHandler,
  SignalHandler,
  UpdateHandler,
} from '../workflow/registered-workflow.js';
import type { AskedChild, ChildRequest } from './child-asks.js';
import type { RunAddress } from './run-address.js';
import type { Scope } from './scope.js';
import type { Schema } from '../workflow/schema.js';
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
  askCondition(scope: Scope, isMet: () => boolean, timeoutMs: Millis | undefined): Promise<unknown>;
  askChild(scope: Scope, request: ChildRequest): AskedChild | { readonly refused: Promise<never> };
  cancelChild(childId: number): void;
  /** Sends a signal to another execution, as a step. */
  askExternalSignal(scope: Scope, workflowId: string, name: string, payload: unknown): Promise<unknown>;
  askContinueAsNew(input: unknown): Promise<never>;
  /** Cancels a scope, which rejects with `error` what waits in it. */
  cancelScope(scope: Scope, error: Error): void;
  /** Cancels a scope when its time is up; the answer takes that back. */
  limitScope(scope: Scope, ms: Millis): () => void;
  handleSignal(name: string, handler: SignalHandler): void;
  handleDefaultSignal(handler: DefaultSignalHandler): void;
  handleQuery(name: string, handler: QueryHandler): void;
  handleUpdate(name: string, handler: UpdateHandler): void;
  /** What workflow code gets of a recorded value. */
  revive(schema: Schema<unknown> | undefined, recorded: unknown): unknown;
  patch(id: string): boolean;
  setSearchAttributes(attributes: SearchAttributes): void;
  /** @throws FermataError when called from a step, from a query, or while no event is being applied */
  assertUsable(call: string): void;
  /** @throws FermataError when called from a step */
  assertOutsideStep(call: string): void;
}

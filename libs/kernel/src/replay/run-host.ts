import type { FermataError } from '../errors/fermata-error.js';
import type { Millis } from '../duration/duration.js';
import type { TimerId } from '../execution/events.js';
import { isStandardSchema, type ReadableSchema, type Schema } from '../workflow/schema.js';
import type { RunAddress } from './run-address.js';
import type { SeededRandom } from './seeded-random.js';

/** The run round workflow code, for what reaches it without a context: `Date`, `Math.random`, `setTimeout` … */
export interface SurroundingRun {
  readonly address: RunAddress;
  readonly now: number;
  readonly random: SeededRandom;
  /** A timer in the run's root scope; without ID when the run is cancelled already. */
  startTimer(ms: Millis): { readonly timerId: TimerId | undefined; readonly promise: Promise<unknown> };
  cancelTimer(timerId: TimerId): void;
  /** Marks the run as unable to go on; the first fault stands. */
  reportFault(fault: FermataError): void;
  /** Whether it is what a scope of the run was cancelled with: the proper end of a branch that nobody awaits. */
  isCancellation(thrown: unknown): boolean;
}

export interface ExternalSignal {
  readonly namespace: string;
  readonly workflowId: string;
  readonly name: string;
  readonly payload: unknown;
  readonly requestId: string;
}

/** What a run needs of the node that it is in. */
export interface RunHost {
  /** Calls workflow code so that it, and all that it waits for, knows whose it is. */
  enter<T>(run: SurroundingRun, call: () => T): T;
  /** The step in whose function the caller is, if it is in one. */
  currentStep(): string | undefined;
  /** Remember where in the code each decision was made: slow, for finding the place of a fault. */
  readonly captureSites: boolean;
  readonly payloadBytesMax: number;
  /** What to validate and revive values with; nothing for a class where nobody reads its decorators. */
  schemaOf(schema: Schema<unknown>): ReadableSchema | undefined;
  /** Sends a signal to another execution of the run's namespace; resolves when it is durable. */
  sendSignal(signal: ExternalSignal): Promise<unknown>;
  /** Called when a fault shows while no event is being applied, so that nobody looks at the run. */
  readonly faultedBetweenTurns: (address: RunAddress) => void;
}

/** Nothing around the workflow code: for replays in memory. */
export const bareHost: RunHost = {
  enter: (_run, call) => call(),
  currentStep: () => undefined,
  captureSites: false,
  payloadBytesMax: Infinity,
  schemaOf: (schema) => (isStandardSchema(schema) ? schema : undefined),
  sendSignal: () => Promise.reject(new Error('There is nothing round this run that could send a signal.')),
  faultedBetweenTurns: () => undefined,
};

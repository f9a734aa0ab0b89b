import type { WorkflowContext } from './context.js';
import type { WorkflowDefinition } from './workflow-definition.js';
import type { Schema } from './schema.js';
import type { UnfinishedHandlers } from './unfinished-handlers.js';

export type SignalHandler = (payload: unknown) => void | Promise<void>;
export type DefaultSignalHandler = (name: string, payload: unknown) => void | Promise<void>;
export type QueryHandler = (args: unknown) => unknown;

/** How a run takes an update. */
export interface UpdateHandler {
  /** Rejects by throwing; changes nothing. */
  readonly validate?: (args: unknown) => void;
  readonly handle: (args: unknown) => unknown;
}

/** The code of one run: a function, or an instance of a workflow class with its handlers bound to it. */
export interface WorkflowCode {
  run(ctx: WorkflowContext, input: unknown): Promise<unknown>;
  readonly signals?: ReadonlyMap<string, SignalHandler>;
  /** For signals without a wait or a handler of their own. */
  readonly defaultSignal?: DefaultSignalHandler;
  readonly queries?: ReadonlyMap<string, QueryHandler>;
  readonly updates?: ReadonlyMap<string, UpdateHandler>;
}

/** A workflow type as a node knows it. */
export interface RegisteredWorkflow {
  readonly type: string;
  readonly input?: Schema<unknown>;
  readonly output?: Schema<unknown>;
  /** Payload schemas of the signals that the type declares. */
  readonly signals?: ReadonlyMap<string, Schema<unknown>>;
  /** Schemas of the arguments of the updates that the type declares. */
  readonly updates?: ReadonlyMap<string, Schema<unknown>>;
  /** Whether a run stays with the build that started it. Default: any build runs it. */
  readonly pin?: 'build';
  /** Default `wait`. */
  readonly unfinishedHandlers?: UnfinishedHandlers;
  /** Makes the code of one run: called once for each time that a run is brought into memory. */
  create(): WorkflowCode;
}

/** The function form, ready to be registered. */
export function registerDefinition<Input, Output>(definition: WorkflowDefinition<Input, Output>): RegisteredWorkflow {
  const { type, input, output, run, signals = [], updates = [], unfinishedHandlers, pin } = definition;
  return {
    type,
    ...(input && { input }),
    ...(output && { output }),
    ...(signals.length > 0 && { signals: schemasOf(signals) }),
    ...(updates.length > 0 && { updates: schemasOf(updates) }),
    ...(unfinishedHandlers && { unfinishedHandlers }),
    ...(pin && { pin }),
    // The engine has validated the input against the definition's schema before it was recorded.
    create: () => ({ run: (ctx, value) => run(ctx, value as Input) }),
  };
}

function schemasOf(
  definitions: readonly { readonly name: string; readonly schema?: Schema<unknown> }[],
): ReadonlyMap<string, Schema<unknown>> {
  return new Map(definitions.flatMap(({ name, schema }) => (schema ? [[name, schema] as const] : [])));
}

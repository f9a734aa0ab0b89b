import type { WorkflowContext } from './context.js';
import type { WorkflowDefinition } from './workflow-definition.js';
import type { Schema } from './schema.js';

export type SignalHandler = (payload: unknown) => void | Promise<void>;
export type QueryHandler = (args: unknown) => unknown;

/** The code of one run: a function, or an instance of a workflow class with its handlers bound to it. */
export interface WorkflowCode {
  run(ctx: WorkflowContext, input: unknown): Promise<unknown>;
  readonly signals?: ReadonlyMap<string, SignalHandler>;
  readonly queries?: ReadonlyMap<string, QueryHandler>;
}

/** A workflow type as a node knows it. */
export interface RegisteredWorkflow {
  readonly type: string;
  readonly input?: Schema<unknown>;
  readonly output?: Schema<unknown>;
  /** Payload schemas of the signals that the type declares. */
  readonly signals?: ReadonlyMap<string, Schema<unknown>>;
  /** Makes the code of one run: called once for each time that a run is brought into memory. */
  create(): WorkflowCode;
}

/** The function form, ready to be registered. */
export function registerDefinition<Input, Output>(definition: WorkflowDefinition<Input, Output>): RegisteredWorkflow {
  const { type, input, output, run, signals = [] } = definition;
  const schemas = signals.flatMap(({ name, schema }) => (schema ? [[name, schema as Schema<unknown>] as const] : []));
  return {
    type,
    ...(input && { input }),
    ...(output && { output }),
    ...(schemas.length > 0 && { signals: new Map(schemas) }),
    // The engine has validated the input against the definition's schema before it was recorded.
    create: () => ({ run: (ctx, value) => run(ctx, value as Input) }),
  };
}

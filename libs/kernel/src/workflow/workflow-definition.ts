import { parseName } from '../execution/names.js';
import type { Schema } from './schema.js';
import type { WorkflowContext } from './context.js';
import type { SignalDefinition, UpdateDefinition, WorkflowReference } from './message-definitions.js';
import type { UnfinishedHandlers } from './unfinished-handlers.js';

export interface WorkflowOptions<Input, Output> {
  /** `build`: a run stays with the build that started it; nodes of other builds leave it alone. Default: any runs it. */
  readonly pin?: 'build';
  readonly input?: Schema<Input>;
  readonly output?: Schema<Output>;
  /** The signals that it takes: their payloads are validated, where they have a schema, before they are recorded. */
  readonly signals?: readonly AnySignal[];
  /** The updates that it takes, likewise. */
  readonly updates?: readonly AnyUpdate[];
  /** Whether a return waits for message handlers that still run. Default `wait`. */
  readonly unfinishedHandlers?: UnfinishedHandlers;
}

/** A signal of any payload. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- schemas are invariant: no narrower type takes all
type AnySignal = SignalDefinition<any>;
/** An update of any arguments and result. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
type AnyUpdate = UpdateDefinition<any, any>;

export type WorkflowFunction<Input, Output> = (ctx: WorkflowContext, input: Input) => Promise<Output>;

export interface WorkflowDefinition<Input, Output>
  extends WorkflowOptions<Input, Output>, WorkflowReference<Input, Output> {
  readonly kind: 'workflow';
  /** The name under which executions of it are started and recorded. */
  readonly type: string;
  readonly run: WorkflowFunction<Input, Output>;
}

/**
 * Names a function as a workflow. The function must be deterministic: whatever touches the world goes into
 * `ctx.step`, and after a crash the function is run again over its recorded history.
 * @throws FermataError `VALIDATION_FAILED` for a type name that can't be recorded
 */
export function defineWorkflow<Input = void, Output = void>(
  type: string,
  run: WorkflowFunction<Input, Output>,
): WorkflowDefinition<Input, Output>;
export function defineWorkflow<Input = void, Output = void>(
  type: string,
  options: WorkflowOptions<Input, Output>,
  run: WorkflowFunction<Input, Output>,
): WorkflowDefinition<Input, Output>;
export function defineWorkflow<Input, Output>(
  type: string,
  optionsOrRun: WorkflowOptions<Input, Output> | WorkflowFunction<Input, Output>,
  runOrNothing?: WorkflowFunction<Input, Output>,
): WorkflowDefinition<Input, Output> {
  const name = parseName(type, 'workflow type');
  if (typeof optionsOrRun === 'function') return { kind: 'workflow', type: name, run: optionsOrRun };
  if (runOrNothing === undefined) throw new TypeError(`Workflow ${name} has no function.`);
  return { kind: 'workflow', type: name, ...optionsOrRun, run: runOrNothing };
}

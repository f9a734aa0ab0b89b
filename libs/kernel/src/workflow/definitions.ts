import { parseName } from '../execution/names.js';
import type { Schema } from './schema.js';
import type { WorkflowContext } from './context.js';

/** A message without reply. `T` is what its handler and its waiters get. */
export interface SignalDefinition<T> {
  readonly kind: 'signal';
  readonly name: string;
  readonly schema?: Schema<T>;
}

/** A read of live state. `Args` is the query's input, `Result` what it answers. */
export interface QueryDefinition<Result, Args = void> {
  readonly kind: 'query';
  readonly name: string;
  /** Carries the types; never there at run time. */
  readonly types?: { readonly result: Result; readonly args: Args };
}

export interface WorkflowOptions<Input, Output> {
  readonly input?: Schema<Input>;
  readonly output?: Schema<Output>;
}

export type WorkflowFunction<Input, Output> = (ctx: WorkflowContext, input: Input) => Promise<Output>;

export interface WorkflowDefinition<Input, Output> extends WorkflowOptions<Input, Output> {
  readonly kind: 'workflow';
  /** The name under which executions of it are started and recorded. */
  readonly type: string;
  readonly run: WorkflowFunction<Input, Output>;
}

/**
 * @param name at most 200 characters, no control characters
 * @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded
 */
export function defineSignal<T = unknown>(name: string, options: { readonly schema?: Schema<T> } = {}): SignalDefinition<T> {
  return { kind: 'signal', name: parseName(name, 'signal name'), ...options };
}

/** @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded */
export function defineQuery<Result, Args = void>(name: string): QueryDefinition<Result, Args> {
  return { kind: 'query', name: parseName(name, 'query name') };
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

import { parseName } from '../execution/names.js';
import type { Schema } from './schema.js';

/** A message without reply. `T` is what its handler and its waiters get. */
export interface SignalDefinition<T> {
  readonly kind: 'signal';
  readonly name: string;
  readonly schema?: Schema<T>;
}

/** Stands for all signals that have no handler of their own. */
export interface DefaultSignal {
  readonly kind: 'default-signal';
}

export const defaultSignal: DefaultSignal = { kind: 'default-signal' };

/** A read of live state. `Args` is the query's input, `Result` what it answers. */
export interface QueryDefinition<Result, Args = void> {
  readonly kind: 'query';
  readonly name: string;
  /** Carries the types; never there at run time. */
  readonly types?: { readonly result: Result; readonly args: Args };
}

/**
 * @param name at most 200 characters, no control characters
 * @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded
 */
export function defineSignal<T = unknown>(
  name: string,
  options: { readonly schema?: Schema<T> } = {},
): SignalDefinition<T> {
  return { kind: 'signal', name: parseName(name, 'signal name'), ...options };
}

/** @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded */
export function defineQuery<Result, Args = void>(name: string): QueryDefinition<Result, Args> {
  return { kind: 'query', name: parseName(name, 'query name') };
}

/** A validated message whose sender awaits a durable answer. */
export interface UpdateDefinition<Result, Args = void> {
  readonly kind: 'update';
  readonly name: string;
  readonly schema?: Schema<Args>;
  /** Carries the type; never there at run time. */
  readonly types?: { readonly result: Result };
}

/** @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded */
export function defineUpdate<Result = void, Args = void>(
  name: string,
  options: { readonly schema?: Schema<Args> } = {},
): UpdateDefinition<Result, Args> {
  return { kind: 'update', name: parseName(name, 'update name'), ...options };
}

/** What names a workflow and its types: a definition, or a class's own description. */
export interface WorkflowReference<Input, Output> {
  readonly type: string;
  /** Carries the types; never there at run time. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

import type {
  DefaultSignalHandler,
  QueryHandler,
  RegisteredWorkflow,
  Schema,
  SignalHandler,
  UpdateHandler,
  WorkflowContext,
} from '@fermata/kernel';
import { queryMetadataOf, type QueryMetadata } from '../queries/query.decorator.js';
import { revive } from '../schema/revive.js';
import { defaultSignalMetadataOf, signalMetadataOf, type SignalMetadata } from '../signals/signal.decorator.js';
import { updateMetadataOf, type UpdateMetadata } from '../updates/update.decorator.js';
import { methodOf, methodsOf, type Methods } from './methods.js';
import { noRunMethod, noValidateMethod } from './set-up-errors.js';
import type { WorkflowMetadata } from './workflow.decorator.js';

/** A workflow class as NestJS knows it, before it is anybody's instance. */
export interface WorkflowClassParts {
  readonly workflowClass: new (...dependencies: unknown[]) => object;
  readonly metadata: WorkflowMetadata;
  /** What the constructor is called with. */
  readonly dependencies: readonly unknown[];
  /** What is injected into properties. */
  readonly properties: Readonly<Record<PropertyKey, unknown>>;
}

/**
 * Registers a class so that each run gets a new instance of it.
 * @throws FermataError `CONFIGURATION_INVALID`: no method `run`, two methods for one message, or no method of the name
 * that an update's `validate` gives
 */
export function registerClass({
  workflowClass,
  metadata,
  dependencies,
  properties,
}: WorkflowClassParts): RegisteredWorkflow {
  if (!hasMethod(workflowClass, 'run')) throw noRunMethod(workflowClass.name);
  const signals = methodsOf(workflowClass, 'signal', signalMetadataOf);
  const defaultSignal = methodsOf(workflowClass, 'signal', defaultSignalMetadataOf);
  const queries = methodsOf(workflowClass, 'query', queryMetadataOf);
  const updates = methodsOf(workflowClass, 'update', updateMetadataOf);
  for (const { name, validate } of updates.values()) {
    if (validate !== undefined && !hasMethod(workflowClass, validate))
      throw noValidateMethod(workflowClass.name, name, validate);
  }
  return {
    ...metadata,
    signals: schemasOf(signals),
    updates: schemasOf(updates),
    create: () => {
      const instance = Object.assign(new workflowClass(...dependencies), properties);
      const run = methodOf(instance, 'run');
      return {
        run: (ctx: WorkflowContext, input: unknown) => run(ctx, revive(metadata.input, input)) as Promise<unknown>,
        signals: signalHandlersOf(instance, signals),
        ...defaultSignalHandlerOf(instance, defaultSignal),
        queries: queryHandlersOf(instance, queries),
        updates: updateHandlersOf(instance, updates),
      };
    },
  };
}

function hasMethod({ prototype }: WorkflowClassParts['workflowClass'], method: string): boolean {
  return typeof Reflect.get(prototype as object, method) === 'function';
}

function schemasOf(methods: Methods<{ readonly schema?: Schema<unknown> }>): ReadonlyMap<string, Schema<unknown>> {
  return new Map(Array.from(methods).flatMap(([name, { schema }]) => (schema ? [[name, schema] as const] : [])));
}

function signalHandlersOf(instance: object, signals: Methods<SignalMetadata>): ReadonlyMap<string, SignalHandler> {
  const handlers = new Map<string, SignalHandler>();
  for (const [name, { method, schema }] of signals) {
    const handle = methodOf(instance, method);
    handlers.set(name, (payload) => handle(revive(schema, payload)) as void | Promise<void>);
  }
  return handlers;
}

function defaultSignalHandlerOf(
  instance: object,
  methods: Methods<object>,
): { readonly defaultSignal?: DefaultSignalHandler } {
  const [found] = methods.values();
  return found ? { defaultSignal: methodOf(instance, found.method) as DefaultSignalHandler } : {};
}

function queryHandlersOf(instance: object, queries: Methods<QueryMetadata>): ReadonlyMap<string, QueryHandler> {
  return new Map(Array.from(queries, ([name, { method }]) => [name, methodOf(instance, method)]));
}

function updateHandlersOf(instance: object, updates: Methods<UpdateMetadata>): ReadonlyMap<string, UpdateHandler> {
  const handlers = new Map<string, UpdateHandler>();
  for (const [name, { method, schema, validate }] of updates) {
    const handle = methodOf(instance, method);
    const check = validate === undefined ? undefined : methodOf(instance, validate);
    handlers.set(name, {
      handle: (args) => handle(revive(schema, args)),
      ...(check && { validate: (args) => void check(revive(schema, args)) }),
    });
  }
  return handlers;
}

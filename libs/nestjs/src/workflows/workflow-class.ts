import { MetadataScanner } from '@nestjs/core';
import type { RegisteredWorkflow, Schema, SignalHandler, WorkflowContext } from '@fermata/kernel';
import { queryMetadataOf } from '../queries/query.decorator.js';
import { signalMetadataOf } from '../signals/signal.decorator.js';
import { revive } from '../schema/revive.js';
import { noRunMethod, twoMethodsOfOneName } from './set-up-errors.js';
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

type Method = (...args: unknown[]) => unknown;
/** From the name of a signal or query to the method that takes it. */
type Methods = ReadonlyMap<string, string>;

/**
 * Registers a class so that each run gets a new instance of it.
 * @throws FermataError `CONFIGURATION_INVALID`: no method `run`, or two methods for one signal or query
 */
export function registerClass({
  workflowClass,
  metadata,
  dependencies,
  properties,
}: WorkflowClassParts): RegisteredWorkflow {
  const prototype = workflowClass.prototype as object;
  if (typeof Reflect.get(prototype, 'run') !== 'function') throw noRunMethod(workflowClass.name);
  const signals = methodsOf(workflowClass, 'signal', (method) => signalMetadataOf(prototype, method)?.name);
  const queries = methodsOf(workflowClass, 'query', (method) => queryMetadataOf(prototype, method)?.name);
  const schemas = signalSchemas(prototype, signals);
  return {
    ...metadata,
    signals: schemas,
    create: () => {
      const instance = Object.assign(new workflowClass(...dependencies), properties);
      const run = methodOf(instance, 'run');
      return {
        run: (ctx: WorkflowContext, input: unknown) => run(ctx, revive(metadata.input, input)) as Promise<unknown>,
        signals: signalHandlersOf(instance, signals, schemas),
        queries: new Map(Array.from(queries, ([name, method]) => [name, methodOf(instance, method)])),
      };
    },
  };
}

function methodsOf(
  { name: className, prototype }: WorkflowClassParts['workflowClass'],
  what: string,
  nameOf: (method: string) => string | undefined,
): Methods {
  const methods = new Map<string, string>();
  for (const method of new MetadataScanner().getAllMethodNames(prototype as object)) {
    const name = nameOf(method);
    if (name === undefined) continue;
    if (methods.has(name)) throw twoMethodsOfOneName(className, what, name);
    methods.set(name, method);
  }
  return methods;
}

function signalSchemas(prototype: object, signals: Methods): ReadonlyMap<string, Schema<unknown>> {
  const schemas = new Map<string, Schema<unknown>>();
  for (const [name, method] of signals) {
    const schema = signalMetadataOf(prototype, method)?.schema;
    if (schema) schemas.set(name, schema);
  }
  return schemas;
}

function signalHandlersOf(
  instance: object,
  signals: Methods,
  schemas: ReadonlyMap<string, Schema<unknown>>,
): ReadonlyMap<string, SignalHandler> {
  const handlers = new Map<string, SignalHandler>();
  for (const [name, method] of signals) {
    const handle = methodOf(instance, method);
    handlers.set(name, (payload) => handle(revive(schemas.get(name), payload)) as void | Promise<void>);
  }
  return handlers;
}

function methodOf(instance: object, method: string): Method {
  return (Reflect.get(instance, method) as Method).bind(instance);
}

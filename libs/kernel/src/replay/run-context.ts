import { toMillis, type Duration } from '../duration/duration.js';
import { CancelledError, StepError } from '../errors/workflow-errors.js';
import type { RunId, SearchAttributes } from '../execution/events.js';
import { parseName } from '../execution/names.js';
import { encodePayload } from '../payload/encode.js';
import { recordedRetry } from '../lifecycle/recorded-retry.js';
import type {
  ChildArguments,
  ChildHandle,
  ChildOptions,
  ConditionOptions,
  MapOptions,
  ScopeOptions,
  SignalWaitOptions,
  StepFunction,
  StepOptions,
  UpdateHandlerOptions,
  WorkflowContext,
} from '../workflow/context.js';
import type {
  DefaultSignal,
  QueryDefinition,
  SignalDefinition,
  UpdateDefinition,
  WorkflowReference,
} from '../workflow/message-definitions.js';
import type {
  DefaultSignalHandler,
  QueryHandler,
  SignalHandler,
  UpdateHandler,
} from '../workflow/registered-workflow.js';
import { isStandardSchema, type Schema } from '../workflow/schema.js';
import type { Asks } from './asks.js';
import type { ChildRequest } from './child-asks.js';
import { mapItems } from './map-items.js';
import { RunChildHandle } from './run-child-handle.js';
import { Scope } from './scope.js';
import { attempt, lenient } from './wait.js';

/** What workflow code sees of its run, bound to one scope of cancellation. */
export class RunContext implements WorkflowContext {
  readonly #run: Asks;
  readonly #scope: Scope;

  constructor(run: Asks, scope: Scope) {
    this.#run = run;
    this.#scope = scope;
  }

  get namespace(): string {
    return this.#run.address.namespace;
  }

  get workflowId(): string {
    return this.#run.address.workflowId;
  }

  get runId(): RunId {
    return this.#run.address.runId;
  }

  get workflowType(): string {
    return this.#run.address.workflowType;
  }

  get isCancelled(): boolean {
    return this.#scope.cancelled !== undefined;
  }

  step<Result>(name: string, work: StepFunction<Result>, options?: StepOptions<Result>): Promise<Result> {
    parseName(name, 'step name');
    // The result comes back through the history, where only its shape is kept: the type is the function's promise.
    const result = this.#run.askStep(
      this.#scope,
      name,
      work,
      options as StepOptions<unknown> | undefined,
    ) as Promise<Result>;
    return options?.fallback ? lenient(withFallback(result, options.fallback)) : result;
  }

  sleep(duration: Duration): Promise<void> {
    // Not derived from it: a promise of the run's own may be rejected while nobody listens.
    return this.#run.askTimer(this.#scope, toMillis(duration)) as Promise<void>;
  }

  signal<T>(signal: SignalDefinition<T> | string, options: SignalWaitOptions = {}): Promise<T> {
    // Payloads were validated against the definition's schema before they were recorded.
    const taken = this.#run.askSignal(this.#scope, nameOf(signal), options) as Promise<T>;
    const schema = classOf(signal);
    return schema ? lenient(taken.then((payload) => this.#run.revive(schema, payload) as T)) : taken;
  }

  onSignal<T>(
    signal: SignalDefinition<T> | string | DefaultSignal,
    handler: ((payload: T) => void | Promise<void>) | DefaultSignalHandler,
  ): void {
    if (isDefault(signal)) this.#run.handleDefaultSignal(handler as DefaultSignalHandler);
    else this.#run.handleSignal(nameOf(signal), this.#reviving(signal, handler as SignalHandler));
  }

  onQuery<Result, Args>(query: QueryDefinition<Result, Args> | string, handler: (args: Args) => Result): void {
    this.#run.handleQuery(nameOf(query), handler as QueryHandler);
  }

  onUpdate<Result, Args>(
    update: UpdateDefinition<Result, Args> | string,
    handle: (args: Args) => Result | Promise<Result>,
    options: UpdateHandlerOptions<Args> = {},
  ): void {
    const handler = { handle, ...options } as UpdateHandler;
    this.#run.handleUpdate(nameOf(update), {
      handle: this.#reviving(update, handler.handle),
      ...(handler.validate && { validate: this.#reviving(update, handler.validate) }),
    });
  }

  /** The handler, given instances where the message's schema is a class. */
  #reviving<Result>(message: WithSchema | string, handler: (payload: unknown) => Result): (payload: unknown) => Result {
    const schema = classOf(message);
    return schema ? (payload) => handler(this.#run.revive(schema, payload)) : handler;
  }

  condition(isMet: () => boolean, { timeout }: ConditionOptions = {}): Promise<boolean> {
    const timeoutMs = timeout === undefined ? undefined : toMillis(timeout, 'timeout');
    return this.#run.askCondition(this.#scope, isMet, timeoutMs) as Promise<boolean>;
  }

  startChild<Input, Output>(
    workflow: WorkflowReference<Input, Output>,
    ...[options]: ChildArguments<Input>
  ): Promise<ChildHandle<Output>> {
    const request = attempt(() => toRequest(workflow.type, options ?? {}));
    const child = 'refused' in request ? request : this.#run.askChild(this.#scope, request);
    if ('refused' in child) return child.refused;
    const toHandle = (): ChildHandle<Output> => new RunChildHandle<Output>(this.#run, this.#scope, child);
    return lenient(child.start.promise.then(toHandle));
  }

  executeChild<Input, Output>(
    workflow: WorkflowReference<Input, Output>,
    ...options: ChildArguments<Input>
  ): Promise<Output> {
    return lenient(this.startChild(workflow, ...options).then((child) => child.result()));
  }

  signalWorkflow<T>(workflowId: string, signal: SignalDefinition<T> | string, payload?: T): Promise<void> {
    this.#run.assertUsable('ctx.signalWorkflow');
    parseName(workflowId, 'workflow ID');
    return this.#run.askExternalSignal(this.#scope, workflowId, nameOf(signal), payload) as Promise<void>;
  }

  continueAsNew(input?: unknown): Promise<never> {
    return this.#run.askContinueAsNew(input);
  }

  scope<Result>(work: (ctx: WorkflowContext) => Promise<Result>, options: ScopeOptions = {}): Promise<Result> {
    return lenient(this.#inScope(work, options));
  }

  async #inScope<Result>(
    work: (ctx: WorkflowContext) => Promise<Result>,
    { timeout, cancellable = true }: ScopeOptions,
  ): Promise<Result> {
    this.#run.assertUsable('ctx.scope');
    const scope = cancellable ? this.#scope.inner() : Scope.own();
    const unlimit = timeout === undefined ? undefined : this.#run.limitScope(scope, toMillis(timeout, 'timeout'));
    try {
      return await work(new RunContext(this.#run, scope));
    } finally {
      unlimit?.();
      this.#run.cancelScope(scope, new CancelledError('the scope was left'));
    }
  }

  map<Item, Result>(
    items: readonly Item[],
    work: (ctx: WorkflowContext, item: Item, index: number) => Promise<Result>,
    options: MapOptions = {},
  ): Promise<Result[]> {
    // With `tolerate` some may be undefined, as the overload for it says.
    return this.scope((ctx) => mapItems(ctx, items, work, options)) as Promise<Result[]>;
  }

  patch(id: string): boolean {
    return this.#run.patch(parseName(id, 'patch ID'));
  }

  setSearchAttributes(attributes: SearchAttributes): void {
    this.#run.setSearchAttributes(attributes);
  }

  now(): Date {
    this.#run.assertOutsideStep('ctx.now');
    return new Date(this.#run.now);
  }

  random(): number {
    this.#run.assertUsable('ctx.random');
    return this.#run.random.next();
  }

  uuid(): string {
    this.#run.assertUsable('ctx.uuid');
    return this.#run.random.uuid();
  }

  uncancellable<Result>(work: (ctx: WorkflowContext) => Promise<Result>): Promise<Result> {
    return lenient(work(new RunContext(this.#run, Scope.own())));
  }
}

interface WithSchema {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- schemas are invariant: no narrower type takes all
  readonly schema?: Schema<any>;
}

/** What its payloads are revived by: other schemas validate, and are done with that before anything is recorded. */
function classOf(message: WithSchema | string): Schema<unknown> | undefined {
  const schema = typeof message === 'string' ? undefined : message.schema;
  return schema && !isStandardSchema(schema) ? schema : undefined;
}

function isDefault(signal: { readonly kind: string } | string): signal is DefaultSignal {
  return typeof signal !== 'string' && signal.kind === 'default-signal';
}

function nameOf(definition: { readonly name: string } | string): string {
  return typeof definition === 'string' ? parseName(definition, 'name') : definition.name;
}

async function withFallback<Result>(
  result: Promise<Result>,
  fallback: (error: StepError) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof StepError) return fallback(error);
    throw error;
  }
}

function toRequest(workflowType: string, options: Partial<ChildOptions<unknown>>): ChildRequest {
  const { workflowId, input, parentClosePolicy = 'terminate', cancellation = 'wait', retry } = options;
  const { runTimeout, executionTimeout } = options;
  return {
    workflowType,
    ...(workflowId !== undefined && { workflowId: parseName(workflowId, 'workflow ID') }),
    input: encodePayload(input, 'input'),
    parentClosePolicy,
    cancellation,
    ...(retry && { retry: recordedRetry(retry) }),
    ...(runTimeout !== undefined && { runTimeoutMs: toMillis(runTimeout, 'runTimeout') }),
    ...(executionTimeout !== undefined && { executionTimeoutMs: toMillis(executionTimeout, 'executionTimeout') }),
  };
}

import { toMillis, type Duration } from '../duration/duration.js';
import type { RunId } from '../execution/events.js';
import { parseName } from '../execution/names.js';
import type { SignalWaitOptions, StepFunction, StepOptions, WorkflowContext } from '../workflow/context.js';
import type { QueryDefinition, SignalDefinition } from '../workflow/message-definitions.js';
import type { QueryHandler, SignalHandler } from '../workflow/registered-workflow.js';
import type { Asks } from './asks.js';
import { Scope } from './scope.js';

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

  step<Result>(name: string, work: StepFunction<Result>, options?: StepOptions<Result>): Promise<Result> {
    parseName(name, 'step name');
    // The result comes back through the history, where only its shape is kept: the type is the function's promise.
    return this.#run.askStep(this.#scope, name, work, options as StepOptions<unknown> | undefined) as Promise<Result>;
  }

  sleep(duration: Duration): Promise<void> {
    // Not derived from it: a promise of the run's own may be rejected while nobody listens.
    return this.#run.askTimer(this.#scope, toMillis(duration)) as Promise<void>;
  }

  signal<T>(signal: SignalDefinition<T> | string, options: SignalWaitOptions = {}): Promise<T> {
    // Payloads were validated against the definition's schema before they were recorded.
    return this.#run.askSignal(this.#scope, nameOf(signal), options) as Promise<T>;
  }

  onSignal<T>(signal: SignalDefinition<T> | string, handler: (payload: T) => void | Promise<void>): void {
    this.#run.handleSignal(nameOf(signal), handler as SignalHandler);
  }

  onQuery<Result, Args>(query: QueryDefinition<Result, Args> | string, handler: (args: Args) => Result): void {
    this.#run.handleQuery(nameOf(query), handler as QueryHandler);
  }

  now(): Date {
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
    return work(new RunContext(this.#run, new Scope()));
  }
}

function nameOf(definition: { readonly name: string } | string): string {
  return typeof definition === 'string' ? parseName(definition, 'name') : definition.name;
}

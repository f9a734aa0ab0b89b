import type { RunId } from '../execution/events.js';
import type { ChildHandle } from '../workflow/context.js';
import type { SignalDefinition } from '../workflow/message-definitions.js';
import type { Asks } from './asks.js';
import type { AskedChild } from './child-asks.js';
import type { Scope } from './scope.js';

/** A child in the hands of workflow code. */
export class RunChildHandle<Output> implements ChildHandle<Output> {
  readonly #run: Asks;
  readonly #scope: Scope;
  readonly #child: AskedChild;

  constructor(run: Asks, scope: Scope, child: AskedChild) {
    this.#run = run;
    this.#scope = scope;
    this.#child = child;
  }

  get workflowId(): string {
    return this.#child.workflowId;
  }

  get runId(): RunId {
    return this.#child.runId ?? '';
  }

  result(): Promise<Output> {
    // The child's own definition gave it this type.
    return this.#child.close.promise as Promise<Output>;
  }

  signal<T>(signal: SignalDefinition<T>, payload: T): Promise<void> {
    return this.#run.askExternalSignal(this.#scope, this.workflowId, signal.name, payload) as Promise<void>;
  }

  cancel(): void {
    this.#run.cancelChild(this.#child.childId);
  }
}

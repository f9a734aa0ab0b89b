import {
  CompleteStep,
  SignalWithStart,
  StartWorkflow,
  type ExecutionDescription,
  type ExecutionList,
  type ListOptions,
  type OutsideStepOutcome,
  type StartWorkflowOptions,
} from '@fermata/engine';
import type { RunId, SignalDefinition, UpdateDefinition, WorkflowDefinition } from '@fermata/kernel';
import { randomUUID } from 'node:crypto';
import type { ClientEngine } from './client-engine.js';
import { WorkflowHandle, type SignalOptions, type UpdateOptions } from './workflow-handle.js';

export interface StartOptions<Input> extends StartWorkflowOptions {
  /** Default: a UUID. */
  readonly workflowId?: string;
  readonly input: Input;
}

/** Starting needs no input where the workflow takes none. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- what a workflow without input is declared with
type StartArguments<Input> = [Input] extends [void]
  ? [options?: Omit<StartOptions<Input>, 'input'>]
  : [options: StartOptions<Input>];

/** Starts and reaches executions of one namespace, in the node's own process. */
export class FermataClient {
  constructor(
    private readonly engine: ClientEngine,
    readonly namespace: string,
  ) {}

  /**
   * Resolves when the start is durable.
   * @throws FermataError `UNKNOWN_WORKFLOW_TYPE`, `VALIDATION_FAILED`, `PAYLOAD_TOO_LARGE`, `WORKFLOW_ALREADY_STARTED`
   */
  async start<Input, Output>(
    workflow: WorkflowDefinition<Input, Output>,
    ...[options]: StartArguments<Input>
  ): Promise<WorkflowHandle<Output, RunId>>;
  async start(workflowType: string, options?: Partial<StartOptions<unknown>>): Promise<WorkflowHandle<unknown, RunId>>;
  async start(
    workflow: { readonly type: string } | string,
    options: Partial<StartOptions<unknown>> = {},
  ): Promise<WorkflowHandle<unknown, RunId>> {
    const { workflowId = randomUUID(), input, ...rest } = options;
    const target = { namespace: this.namespace, workflowId };
    const type = typeof workflow === 'string' ? workflow : workflow.type;
    const { answer, position } = await this.engine.dispatch(new StartWorkflow(target, type, input, rest));
    return new WorkflowHandle(this.engine, target, answer.runId, position);
  }

  /**
   * Starts the execution unless it runs, and delivers the signal, both in one append: once, however often it is repeated
   * under the same request IDs.
   * @throws FermataError as `start` does
   */
  async signalWithStart<Input, Output, T>(
    workflow: WorkflowDefinition<Input, Output>,
    options: StartOptions<Input> & { readonly workflowId: string },
    signal: SignalDefinition<T>,
    payload: T,
    signalOptions: SignalOptions = {},
  ): Promise<WorkflowHandle<Output, RunId>> {
    const { workflowId, input, ...rest } = options;
    const target = { namespace: this.namespace, workflowId };
    const start = new StartWorkflow(target, workflow.type, input, rest);
    const command = new SignalWithStart(start, { name: signal.name, payload, ...signalOptions });
    const { answer, position } = await this.engine.dispatch(command);
    return new WorkflowHandle(this.engine, target, answer.runId, position);
  }

  /** Starts the execution unless it runs, and carries out the update: once, under the same request ID. */
  async updateWithStart<Input, Output, Result, Args>(
    workflow: WorkflowDefinition<Input, Output>,
    options: StartOptions<Input> & { readonly workflowId: string },
    update: UpdateDefinition<Result, Args>,
    args: Args,
    updateOptions: UpdateOptions = {},
  ): Promise<Result> {
    const { workflowId, input, ...rest } = options;
    const target = { namespace: this.namespace, workflowId };
    const { requestId: messageRequestId } = updateOptions;
    const start = new StartWorkflow(target, workflow.type, input, {
      ...rest,
      conflictPolicy: 'use-existing',
      ...(messageRequestId !== undefined && { messageRequestId }),
    });
    const { answer } = await this.engine.dispatch(start);
    return new WorkflowHandle<Output>(this.engine, target, answer.runId).update(update, args, updateOptions);
  }

  /** Ends a step that was handed out, with the token that it gave; false when that comes too late. */
  async completeStep(token: string, result?: unknown): Promise<boolean> {
    return this.#completeStep(token, { kind: 'succeeded', result });
  }

  /** Fails an attempt of a step that was handed out; it is tried again as its policy says. */
  async failStep(token: string, error: unknown): Promise<boolean> {
    return this.#completeStep(token, { kind: 'failed', error });
  }

  /** Says how far a step is that was handed out; false when nobody waits for it any more. */
  async heartbeatStep(token: string, details?: unknown): Promise<boolean> {
    return this.#completeStep(token, { kind: 'heartbeat', details });
  }

  async #completeStep(token: string, outcome: OutsideStepOutcome): Promise<boolean> {
    const { answer } = await this.engine.dispatch(new CompleteStep(token, outcome));
    return answer.isCurrent;
  }

  /** Whichever run is the newest of that workflow ID. */
  handle<Input, Output>(_workflow: WorkflowDefinition<Input, Output>, workflowId: string): WorkflowHandle<Output>;
  handle(workflowId: string): WorkflowHandle<unknown>;
  handle(workflow: unknown, workflowId?: string): WorkflowHandle<unknown> {
    const id = workflowId ?? String(workflow);
    return new WorkflowHandle(this.engine, { namespace: this.namespace, workflowId: id }, undefined);
  }

  list(options: Omit<ListOptions, 'namespace'> & { readonly position?: number } = {}): Promise<ExecutionList> {
    return this.engine.views.list({ ...options, namespace: this.namespace });
  }

  describe(workflowId: string): Promise<ExecutionDescription> {
    return this.engine.views.describe({ namespace: this.namespace, workflowId });
  }
}

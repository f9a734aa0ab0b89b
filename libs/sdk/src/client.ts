import {
  StartWorkflow,
  type Engine,
  type ExecutionDescription,
  type ExecutionList,
  type ListOptions,
  type StartWorkflowOptions,
} from '@fermata/engine';
import type { RunId, WorkflowDefinition } from '@fermata/kernel';
import { randomUUID } from 'node:crypto';
import { WorkflowHandle } from './workflow-handle.js';

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
    private readonly engine: Engine,
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

import {
  CancelWorkflow,
  SignalWorkflow,
  TerminateWorkflow,
  UpdateWorkflow,
  type ExecutionDescription,
  type HistoryOptions,
  type HistoryPage,
  type Position,
  type Span,
} from '@fermata/engine';
import {
  decodePayload,
  RecordedError,
  type Duration,
  type ExecutionTarget,
  type QueryDefinition,
  type RunId,
  type Schema,
  type SignalDefinition,
  type UpdateDefinition,
  toMillis,
} from '@fermata/kernel';
import type { ClientEngine } from './client-engine.js';
import { WorkflowFailedError } from './workflow-failed-error.js';

export interface SignalOptions {
  /** Makes a repeat of the signal count once. */
  readonly requestId?: string;
}

export interface UpdateOptions {
  /** Makes a repeat of the update get the first one's answer. */
  readonly requestId?: string;
}

export interface ResultOptions {
  /** Default: without end. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
}

/** An execution in the client's hand. Reads through it see its own writes. */
export class WorkflowHandle<Output, Run extends RunId | undefined = RunId | undefined> {
  #position: Position | undefined;

  constructor(
    private readonly engine: ClientEngine,
    private readonly target: ExecutionTarget,
    /** The run that was started; nothing when the handle is for whichever run is the newest. */
    readonly runId: Run,
    position?: Position,
  ) {
    this.#position = position;
  }

  get workflowId(): string {
    return this.target.workflowId;
  }

  /**
   * Waits for the run to close.
   * @throws WorkflowFailedError when it failed or was cancelled or terminated; `EXECUTION_NOT_FOUND`; the reason of
   * `signal` when aborted, or a `TimeoutError` after `timeout`
   */
  async result({ timeout, signal }: ResultOptions = {}): Promise<Output> {
    const outcome = await this.engine.results.wait(this.target, {
      ...(this.runId !== undefined && { runId: this.runId }),
      ...(timeout !== undefined && { waitMs: toMillis(timeout, 'timeout') }),
      ...(signal && { signal }),
    });
    if (!outcome) throw new DOMException(`"${this.workflowId}" hasn't closed in time.`, 'TimeoutError');
    if (outcome.status !== 'completed') throw new WorkflowFailedError(this.target.workflowId, outcome);
    // The workflow's own function gave it, with this type.
    return decodePayload(outcome.result) as Output;
  }

  /** Resolves when the signal is durable. */
  async signal<T>(signal: SignalDefinition<T>, payload: T, options?: SignalOptions): Promise<void>;
  async signal(signal: string, payload?: unknown, options?: SignalOptions): Promise<void>;
  async signal(signal: Message | string, payload?: unknown, options: SignalOptions = {}): Promise<void> {
    const command = new SignalWorkflow(this.target, nameOf(signal), payload, {
      ...schemaOf(signal),
      ...options,
      ...this.#run(),
    });
    this.#position = (await this.engine.dispatch(command)).position;
  }

  /** Reads live state; works on closed runs too. */
  async query<Result>(query: QueryDefinition<Result>): Promise<Result>;
  async query<Result, Args>(query: QueryDefinition<Result, Args>, args: Args): Promise<Result>;
  async query(query: string, args?: unknown): Promise<unknown>;
  async query(query: { readonly name: string } | string, args?: unknown): Promise<unknown> {
    return decodePayload(await this.engine.query(this.target, nameOf(query), args));
  }

  /**
   * Sends a validated message and waits for its answer.
   * @throws FermataError `UNKNOWN_UPDATE`, `UPDATE_REJECTED`, `VALIDATION_FAILED`, `EXECUTION_NOT_FOUND`,
   * `EXECUTION_CLOSED`; RecordedError with what the handler threw
   */
  async update<Result>(update: UpdateDefinition<Result>): Promise<Result>;
  async update<Result, Args>(
    update: UpdateDefinition<Result, Args>,
    args: Args,
    options?: UpdateOptions,
  ): Promise<Result>;
  async update(update: string, args?: unknown, options?: UpdateOptions): Promise<unknown>;
  async update(update: Message | string, args?: unknown, options: UpdateOptions = {}): Promise<unknown> {
    const command = new UpdateWorkflow(this.target, nameOf(update), args, {
      ...schemaOf(update),
      ...options,
      ...this.#run(),
    });
    const { answer, position } = await this.engine.dispatch(command);
    this.#position = position;
    if (answer.status === 'failed') throw new RecordedError(answer.failure);
    return decodePayload(answer.result);
  }

  /** Asks the run to end gracefully; resolves when the request is durable. */
  async cancel(reason?: string): Promise<void> {
    const options = { ...this.#run(), ...(reason !== undefined && { reason }) };
    this.#position = (await this.engine.dispatch(new CancelWorkflow(this.target, options))).position;
  }

  /** Ends the run at once. */
  async terminate(reason?: string): Promise<void> {
    const options = { ...this.#run(), ...(reason !== undefined && { reason }) };
    this.#position = (await this.engine.dispatch(new TerminateWorkflow(this.target, options))).position;
  }

  describe(): Promise<ExecutionDescription> {
    return this.engine.views.describe(this.target, this.#at());
  }

  history(options: Omit<HistoryOptions, 'runId'> = {}): Promise<HistoryPage> {
    return this.engine.views.history(this.target, { ...this.#at(), ...options });
  }

  trace(): Promise<readonly Span[]> {
    return this.engine.views.trace(this.target, this.#at());
  }

  #run(): { readonly runId?: RunId } {
    return this.runId === undefined ? {} : { runId: this.runId };
  }

  #at(): { readonly runId?: RunId; readonly position?: Position } {
    return { ...this.#run(), ...(this.#position !== undefined && { position: this.#position }) };
  }
}

interface Message {
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- schemas are invariant: no narrower type takes all
  readonly schema?: Schema<any>;
}

function schemaOf(message: Message | string): { readonly schema?: Schema<unknown> } {
  return typeof message === 'string' || !message.schema ? {} : { schema: message.schema };
}

function nameOf(definition: { readonly name: string } | string): string {
  return typeof definition === 'string' ? definition : definition.name;
}

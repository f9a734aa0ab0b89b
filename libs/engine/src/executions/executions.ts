import {
  checkPayloadSize,
  decideCancel,
  decideFireTimer,
  decideSignal,
  decideStart,
  decideStepOutcome,
  decideTerminate,
  encodePayload,
  FermataError,
  isStandardSchema,
  parseName,
  validationFailed,
  type ExecutionTarget,
  type Payload,
  type RegisteredWorkflow,
  type Schema,
  type StandardSchema,
  type StartAnswer,
} from '@fermata/kernel';
import type { CancelWorkflow } from '../commands/cancel-workflow.js';
import type { FireTimer } from '../commands/fire-timer.js';
import type { RecordStepOutcome } from '../commands/record-step-outcome.js';
import type { SignalWorkflow } from '../commands/signal-workflow.js';
import type { StartWorkflow } from '../commands/start-workflow.js';
import type { TerminateWorkflow } from '../commands/terminate-workflow.js';
import type { Clock } from '../clock/clock.js';
import type { Random } from '../clock/random.js';
import { newUuidV7 } from '../clock/run-id.js';
import type { EngineLimits } from '../limits.js';
import type { Committed } from './committed.js';
import type { ExecutionCache } from './execution-cache.js';
import { unknownWorkflowType } from './execution-memory.js';
import type { Decide, InputOptions } from './input.js';

export interface ExecutionsParts {
  readonly cache: ExecutionCache;
  readonly workflows: ReadonlyMap<string, RegisteredWorkflow>;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: EngineLimits;
  /** Makes a schema of a class with validation decorators. */
  readonly schemaOf: (schema: Schema<unknown>) => StandardSchema;
  /** Recorded with each start. */
  readonly buildId: string | undefined;
}

const fromOutside: InputOptions = { isFromOutside: true, isOpening: false };
const opening: InputOptions = { isFromOutside: true, isOpening: true };
const fromEngine: InputOptions = { isFromOutside: false, isOpening: false };

/** The write side: one method a command. Each resolves when what the command did is durable. */
export class Executions {
  #waiting = 0;

  constructor(private readonly parts: ExecutionsParts) {}

  /**
   * @throws FermataError `UNKNOWN_WORKFLOW_TYPE`, `VALIDATION_FAILED`, `PAYLOAD_TOO_LARGE`, `PAYLOAD_NOT_RECORDABLE`,
   * `WORKFLOW_ALREADY_STARTED`, `OVERLOADED`, `STORE_UNAVAILABLE`
   */
  async start({ target, workflowType, input, options }: StartWorkflow): Promise<Committed<StartAnswer>> {
    const { workflows, clock, random, buildId } = this.parts;
    const workflow = workflows.get(workflowType);
    if (!workflow) throw unknownWorkflowType(workflowType, [...workflows.keys()]);
    if (options.requestId !== undefined) parseName(options.requestId, 'request ID');
    const { memo, ...policies } = options;
    const request = {
      ...policies,
      workflowId: target.workflowId,
      runId: newUuidV7(clock.now(), random),
      workflowType,
      input: await this.#record(workflow.input, input, 'input'),
      ...(memo !== undefined && { memo: await this.#record(undefined, memo, 'memo') }),
      ...(buildId !== undefined && { buildId }),
    };
    return this.#commit(target, (state) => decideStart(state, request), opening);
  }

  /** @throws FermataError as `start` does, and `EXECUTION_NOT_FOUND`, `EXECUTION_CLOSED` */
  async signal({ target, name, payload, options }: SignalWorkflow): Promise<Committed<void>> {
    parseName(name, 'signal name');
    if (options.requestId !== undefined) parseName(options.requestId, 'request ID');
    const schema = await this.#signalSchema(target, name);
    const recorded = await this.#record(schema, payload, `payload of signal "${name}"`);
    const request = { ...options, workflowId: target.workflowId, name, payload: recorded };
    return this.#commit(target, (state) => decideSignal(state, request), fromOutside);
  }

  /** @throws FermataError `EXECUTION_NOT_FOUND`, `EXECUTION_CLOSED`, `OVERLOADED`, `STORE_UNAVAILABLE` */
  async cancel({ target, options }: CancelWorkflow): Promise<Committed<void>> {
    const request = { ...options, workflowId: target.workflowId };
    return this.#commit(target, (state) => decideCancel(state, request), fromOutside);
  }

  /** @throws FermataError `EXECUTION_NOT_FOUND`, `EXECUTION_CLOSED`, `OVERLOADED`, `STORE_UNAVAILABLE` */
  async terminate({ target, options }: TerminateWorkflow): Promise<Committed<void>> {
    const request = { ...options, workflowId: target.workflowId };
    return this.#commit(target, (state) => decideTerminate(state, request), fromOutside);
  }

  recordStepOutcome({ target, report }: RecordStepOutcome): Promise<Committed<void>> {
    return this.parts.cache.of(target).submit((state) => decideStepOutcome(state, report), fromEngine);
  }

  fireTimer({ target, request }: FireTimer): Promise<Committed<void>> {
    return this.parts.cache.of(target).submit((state) => decideFireTimer(state, request), fromEngine);
  }

  async #commit<Answer>(
    target: ExecutionTarget,
    decide: Decide<Answer>,
    options: InputOptions,
  ): Promise<Committed<Answer>> {
    const { commandsWaitingMax } = this.parts.limits;
    if (this.#waiting >= commandsWaitingMax) throw overloaded(commandsWaitingMax);
    this.#waiting++;
    try {
      return await this.parts.cache.of(target).submit(decide, options);
    } finally {
      this.#waiting--;
    }
  }

  async #record(schema: Schema<unknown> | undefined, value: unknown, what: string): Promise<Payload> {
    const recorded = encodePayload(schema ? await this.#validate(schema, value, what) : value, what);
    checkPayloadSize(recorded, this.parts.limits.payloadBytesMax, what);
    return recorded;
  }

  async #validate(schema: Schema<unknown>, value: unknown, what: string): Promise<unknown> {
    const standard = isStandardSchema(schema) ? schema : this.parts.schemaOf(schema);
    const result = await standard['~standard'].validate(value);
    if (result.issues) throw validationFailed(what, result.issues);
    return result.value;
  }

  /** Where the type declares its signals, their payloads are validated; that needs the execution's type first. */
  async #signalSchema(target: ExecutionTarget, name: string): Promise<Schema<unknown> | undefined> {
    const { workflows, cache } = this.parts;
    if (![...workflows.values()].some((workflow) => workflow.signals?.has(name))) return undefined;
    return cache.of(target).read(({ state }) => {
      if (state.status === 'absent') return undefined;
      return workflows.get(state.started.workflowType)?.signals?.get(name);
    });
  }
}

/** How long a refused caller does well to wait. */
const retryAfterMs = 1_000;

function overloaded(waitingMax: number): FermataError {
  return new FermataError('OVERLOADED', {
    message: `${waitingMax} commands wait already.`,
    fix: `Try again in ${retryAfterMs} ms.`,
    details: { retryAfterMs },
  });
}

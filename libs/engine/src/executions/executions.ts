import {
  acceptWith,
  checkPayloadSize,
  decideAlarm,
  decideCancel,
  decideChildrenReleased,
  decideChildReport,
  decideFireTimer,
  decideSignal,
  decideSignalWithStart,
  decideStart,
  decideStepOutcome,
  decideStepProgress,
  decideTerminate,
  decideUpdate,
  defaultRetryPolicy,
  encodePayload,
  FermataError,
  judgeAttempt,
  parseName,
  recordedRetry,
  toMillis,
  type ExecutionTarget,
  type Payload,
  type PendingStep,
  type RegisteredWorkflow,
  type Schema,
  type StartAnswer,
  type StartRequest,
  type StepId,
  type StepOutcome,
  type StepProgressAnswer,
} from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { Random } from '../clock/random.js';
import { newUuidV7 } from '../clock/run-id.js';
import type { CancelWorkflow } from '../commands/cancel-workflow.js';
import type { CompleteStep, OutsideStepOutcome } from '../commands/complete-step.js';
import type { FireAlarm } from '../commands/fire-alarm.js';
import type { FireTimer } from '../commands/fire-timer.js';
import type { RecordStepOutcome } from '../commands/record-step-outcome.js';
import type { RecordStepProgress } from '../commands/record-step-progress.js';
import type { ReleaseChildren } from '../commands/release-children.js';
import type { ReportChild } from '../commands/report-child.js';
import type { SignalWithStart } from '../commands/signal-with-start.js';
import type { SignalWorkflow } from '../commands/signal-workflow.js';
import type { StartWorkflow } from '../commands/start-workflow.js';
import type { TerminateWorkflow } from '../commands/terminate-workflow.js';
import type { UpdateWorkflow } from '../commands/update-workflow.js';
import type { EngineLimits } from '../limits.js';
import type { SchemaReader } from '../schemas/schema-reader.js';
import { decodeStepToken } from '../steps/step-token.js';
import type { UpdateOutcome } from '../updates/update-outcome.js';
import { toUpdateOutcome, type UpdateWaiters } from '../updates/update-waiters.js';
import type { Committed } from './committed.js';
import type { ExecutionCache } from './execution-cache.js';
import { unknownWorkflowType, type ExecutionMemory } from './execution-memory.js';
import type { Decide, InputOptions } from './input.js';

export interface ExecutionsParts {
  readonly cache: ExecutionCache;
  readonly workflows: ReadonlyMap<string, RegisteredWorkflow>;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: EngineLimits;
  readonly schemas: SchemaReader;
  readonly updates: UpdateWaiters;
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
  async start(command: StartWorkflow): Promise<Committed<StartAnswer>> {
    const request = await this.#toStartRequest(command);
    return this.#commit(command.target, (state) => decideStart(state, request), opening);
  }

  /** @throws FermataError as `start` does */
  async signalWithStart({ start, signal }: SignalWithStart): Promise<Committed<StartAnswer>> {
    const request = await this.#toStartRequest(start);
    parseName(signal.name, 'signal name');
    const schema = this.parts.workflows.get(start.workflowType)?.signals?.get(signal.name);
    const payload = await this.#record(schema, signal.payload, `payload of signal "${signal.name}"`);
    const { requestId } = signal;
    const received = { name: signal.name, payload, ...(requestId !== undefined && { requestId }) };
    return this.#commit(start.target, (state) => decideSignalWithStart(state, request, received), opening);
  }

  /**
   * Answers when the update's handler has ended.
   * @throws FermataError `UNKNOWN_UPDATE`, `UPDATE_REJECTED`, `EXECUTION_NOT_FOUND`, `EXECUTION_CLOSED`, `VALIDATION_FAILED`
   */
  async update({ target, name, args, options }: UpdateWorkflow): Promise<Committed<UpdateOutcome>> {
    parseName(name, 'update name');
    const updateId = options.requestId === undefined ? this.#newId() : parseName(options.requestId, 'request ID');
    const schema = (await this.#schemaFor(target, (workflow) => workflow.updates?.get(name))) ?? options.schema;
    const recorded = await this.#record(schema, args, `arguments of update "${name}"`);
    const { runId } = options;
    const request = {
      workflowId: target.workflowId,
      updateId,
      name,
      args: recorded,
      ...(runId !== undefined && { runId }),
    };
    const { updates } = this.parts;
    let waiting: ReturnType<UpdateWaiters['wait']> | undefined;
    const { answer, position } = await this.#commit(
      target,
      (state, memory) => {
        const verdict = decideUpdate(state, request, () => memory.rejectionOf(name, recorded));
        // Before it is appended: the same append may complete it and go on in another run.
        const isPending = !('refused' in verdict) && !verdict.answer.completed;
        if (isPending) waiting = updates.wait(verdict.answer.runId, updateId);
        return verdict;
      },
      fromOutside,
    );
    if (answer.completed) return { answer: toUpdateOutcome(answer.runId, answer.completed), position };
    const { outcome, position: at } = await (waiting ?? updates.wait(answer.runId, updateId));
    return { answer: outcome, position: at };
  }

  /** @throws FermataError as `start` does, and `EXECUTION_NOT_FOUND`, `EXECUTION_CLOSED` */
  async signal({ target, name, payload, options }: SignalWorkflow): Promise<Committed<void>> {
    parseName(name, 'signal name');
    if (options.requestId !== undefined) parseName(options.requestId, 'request ID');
    const { schema: senders, ...sent } = options;
    const schema = (await this.#schemaFor(target, (workflow) => workflow.signals?.get(name))) ?? senders;
    const recorded = await this.#record(schema, payload, `payload of signal "${name}"`);
    const request = { ...sent, workflowId: target.workflowId, name, payload: recorded };
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

  recordStepProgress({ target, report }: RecordStepProgress): Promise<Committed<StepProgressAnswer>> {
    return this.parts.cache.of(target).submit((state) => decideStepProgress(state, report), fromEngine);
  }

  fireTimer({ target, request }: FireTimer): Promise<Committed<void>> {
    return this.parts.cache.of(target).submit((state) => decideFireTimer(state, request), fromEngine);
  }

  fireAlarm({ target, request }: FireAlarm): Promise<Committed<void>> {
    return this.parts.cache.of(target).submit((state) => decideAlarm(state, request), fromEngine);
  }

  reportChild({ target, report }: ReportChild): Promise<Committed<void>> {
    return this.parts.cache.of(target).submit((state) => decideChildReport(state, report), fromEngine);
  }

  releaseChildren({ target, runId }: ReleaseChildren): Promise<Committed<void>> {
    return this.parts.cache.of(target).submit((state) => decideChildrenReleased(state, runId), fromEngine);
  }

  /**
   * Ends a step from outside, or says how far it is. A repeat, and what comes too late, changes nothing.
   * @throws FermataError `VALIDATION_FAILED` for a token that isn't one, `PAYLOAD_TOO_LARGE`, `PAYLOAD_NOT_RECORDABLE`
   */
  async completeStep({ token, outcome }: CompleteStep): Promise<Committed<StepProgressAnswer>> {
    const { target, runId, stepId, attempt } = decodeStepToken(token);
    if (outcome.kind === 'heartbeat') {
      const details = await this.#record(undefined, outcome.details, 'heartbeat');
      return this.recordStepProgress({
        target,
        report: { runId, stepId, attempt, progress: { kind: 'heartbeat', details } },
      });
    }
    const result = outcome.kind === 'succeeded' ? await this.#record(undefined, outcome.result, 'result') : undefined;
    return this.#commit<StepProgressAnswer>(
      target,
      (state, memory) => {
        const pending =
          state.status === 'running' && state.started.runId === runId ? state.steps.get(stepId) : undefined;
        if (pending?.attempt !== attempt) return acceptWith({ isCurrent: false });
        const durationMs = this.parts.clock.now() - pending.attemptAt;
        const ended =
          result === undefined ? this.#judge(memory, stepId, pending, outcome) : { kind: 'succeeded' as const, result };
        const verdict = decideStepOutcome(state, { runId, stepId, attempt, durationMs, outcome: ended });
        return 'refused' in verdict ? verdict : acceptWith({ isCurrent: true }, ...verdict.accepted);
      },
      fromOutside,
    );
  }

  #judge(memory: ExecutionMemory, stepId: StepId, pending: PendingStep, outcome: OutsideStepOutcome): StepOutcome {
    const { clock, random } = this.parts;
    const thrown = outcome.kind === 'failed' ? outcome.error : undefined;
    const { retryAt, failure } = judgeAttempt(memory.run?.askedStep(stepId)?.retry ?? defaultRetryPolicy, {
      attempt: pending.attempt,
      thrown,
      scheduledAt: pending.scheduledAt,
      now: clock.now(),
      random: random.next(),
    });
    return retryAt === undefined
      ? { kind: 'failed', failure }
      : { kind: 'attempt-failed', failure, nextAttemptAt: retryAt };
  }

  async #toStartRequest({ target, workflowType, input, options }: StartWorkflow): Promise<StartRequest> {
    const { workflows, clock, buildId } = this.parts;
    const workflow = workflows.get(workflowType);
    if (!workflow) throw unknownWorkflowType(workflowType, [...workflows.keys()]);
    const { memo, retry, startDelay, runTimeout, executionTimeout, requestId, ...rest } = options;
    return {
      ...rest,
      ...(requestId !== undefined && { requestId: parseName(requestId, 'request ID') }),
      workflowId: target.workflowId,
      runId: this.#newId(),
      workflowType,
      now: clock.now(),
      input: await this.#record(workflow.input, input, 'input'),
      ...(memo !== undefined && { memo: await this.#record(undefined, memo, 'memo') }),
      ...(buildId !== undefined && { buildId }),
      ...(workflow.pin === 'build' && { pinned: true }),
      ...(retry && { retry: 'initialMs' in retry ? retry : recordedRetry(retry) }),
      ...(startDelay !== undefined && { startDelayMs: toMillis(startDelay, 'startDelay') }),
      ...(runTimeout !== undefined && { runTimeoutMs: toMillis(runTimeout, 'runTimeout') }),
      ...(executionTimeout !== undefined && { executionTimeoutMs: toMillis(executionTimeout, 'executionTimeout') }),
    };
  }

  #newId(): string {
    return newUuidV7(this.parts.clock.now(), this.parts.random);
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
    const recorded = encodePayload(schema ? await this.parts.schemas.validate(schema, value, what) : value, what);
    checkPayloadSize(recorded, this.parts.limits.payloadBytesMax, what);
    return recorded;
  }

  /** Where a type declares what its messages hold, that is validated; it needs the execution's type first. */
  async #schemaFor(
    target: ExecutionTarget,
    pick: (workflow: RegisteredWorkflow) => Schema<unknown> | undefined,
  ): Promise<Schema<unknown> | undefined> {
    const { workflows, cache } = this.parts;
    if (![...workflows.values()].some(pick)) return undefined;
    return cache.of(target).read(({ state }) => {
      const workflow = state.status === 'absent' ? undefined : workflows.get(state.started.workflowType);
      return workflow && pick(workflow);
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

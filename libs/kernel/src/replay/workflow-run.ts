import type { EpochMs, Millis } from '../duration/duration.js';
import type { FermataError } from '../errors/fermata-error.js';
import { assertNever } from '../errors/invariant.js';
import type { Failure } from '../errors/failure.js';
import { toFailure } from '../errors/to-failure.js';
import { CancelledError, RecordedError, TimeoutError } from '../errors/workflow-errors.js';
import type {
  CarriedOver,
  Cause,
  ClosingDecision,
  Decision,
  SearchAttributes,
  StepId,
  TimerId,
  WorkflowStarted,
} from '../execution/events.js';
import { nameCharsMax } from '../execution/names.js';
import { decodePayload } from '../payload/decode.js';
import { encodePayload } from '../payload/encode.js';
import { checkPayloadSize } from '../payload/payload-size.js';
import type { Payload } from '../payload/payload.js';
import type { SignalWaitOptions, StepContext, StepFunction } from '../workflow/context.js';
import type {
  DefaultSignalHandler,
  QueryHandler,
  RegisteredWorkflow,
  SignalHandler,
  UpdateHandler,
} from '../workflow/registered-workflow.js';
import type { Schema } from '../workflow/schema.js';
import { validateNow } from '../workflow/validate.js';
import type { AskedStep } from './asked-step.js';
import type { Asks } from './asks.js';
import { ChildAsks, type AskedChild, type ChildRequest } from './child-asks.js';
import { unwind, withUnwound } from './compensations.js';
import { ConditionAsks } from './condition-asks.js';
import { causeNotApplicable } from './faults.js';
import { HandlerCalls } from './handler-calls.js';
import { Queries } from './queries.js';
import type { RunAddress } from './run-address.js';
import { revive } from './revive.js';
import { RunContext } from './run-context.js';
import { RunCore } from './run-core.js';
import type { RunHost, SurroundingRun } from './run-host.js';
import { Scope } from './scope.js';
import { SeededRandom } from './seeded-random.js';
import { SignalAsks } from './signal-asks.js';
import { StepAsks, type AskStepOptions } from './step-asks.js';
import { TimerAsks } from './timer-asks.js';
import { UpdateAsks } from './update-asks.js';

export interface RunOptions {
  /** The patches that the run's history marks. Default: none. */
  readonly patchesMarked?: ReadonlySet<string>;
}

const externalSignalRetry = { nonRetryable: ['EXECUTION_NOT_FOUND', 'EXECUTION_CLOSED', 'VALIDATION_FAILED'] };

/**
 * One run's code, standing where its history brought it. Causes are applied one at a time, each in a turn that ends when
 * the microtask queue is empty; what the code decides in it is matched with the log, or taken to be appended. Live and
 * replayed runs take this same path.
 */
export class WorkflowRun implements Asks, SurroundingRun {
  readonly #core: RunCore;
  readonly #steps: StepAsks;
  readonly #timers: TimerAsks;
  readonly #signals: SignalAsks;
  readonly #conditions: ConditionAsks;
  readonly #children: ChildAsks;
  readonly #updates: UpdateAsks;
  readonly #handlers: HandlerCalls;
  readonly #queries = new Queries();
  readonly #root = Scope.own();
  readonly #cancellations = new WeakSet<Error>();
  #random: SeededRandom | undefined;
  /** What its code begins with, as long as its start is delayed. */
  #delayed: WorkflowStarted | undefined;
  #endAsked: 'cancel' | 'time-out' | undefined;
  #isEnding = false;

  constructor(
    readonly address: RunAddress,
    private readonly workflow: RegisteredWorkflow,
    host: RunHost,
    { patchesMarked = new Set() }: RunOptions = {},
  ) {
    this.#core = new RunCore(address, host, patchesMarked);
    this.#steps = new StepAsks(this.#core);
    this.#timers = new TimerAsks(this.#core);
    this.#handlers = new HandlerCalls((call) => host.enter(this, call));
    this.#signals = new SignalAsks(this.#core, this.#timers, this.#handlers, (error) => this.#fail(error));
    this.#conditions = new ConditionAsks(this.#core, this.#timers);
    this.#children = new ChildAsks(this.#core);
    this.#updates = new UpdateAsks(this.#core, this.#handlers);
  }

  get now(): EpochMs {
    return this.#core.now;
  }

  /** Why the code can't go on; the run is of no more use then. */
  get fault(): FermataError | undefined {
    return this.#core.fault;
  }

  get isClosed(): boolean {
    return this.#core.isClosed;
  }

  /** Whether its faults say where in the code they arose. */
  get capturesSites(): boolean {
    return this.#core.host.captureSites;
  }

  get random(): SeededRandom {
    // What a query draws must not change what the run draws after it.
    if (this.#core.isInQuery) return new SeededRandom(this.address.runId);
    this.#random ??= new SeededRandom(this.address.runId);
    return this.#random;
  }

  // Driving the run: called by the node, never by workflow code.

  /** Begins the turn of a cause (see `turn`); its continuations run as microtasks. */
  beginTurn(cause: Cause, at: EpochMs, options: { readonly isLive: boolean }): void {
    this.#core.beginTurn(at, options);
    if (this.fault || this.isClosed) return;
    try {
      this.#apply(cause);
    } catch (error) {
      this.reportFault(causeNotApplicable(cause, error));
    }
  }

  /** Wakes waits whose condition is met by now; true when there were any, so that the turn goes on. */
  settleConditions(): boolean {
    if (!this.#conditions.isWaiting || this.fault || this.isClosed) return false;
    return this.#core.host.enter(this, () => this.#conditions.settle());
  }

  endTurn(): void {
    this.#core.endTurn({ isWaiting: this.#isWaiting() });
  }

  /** Holds a decision of the log against what the code asked for at that place. */
  match(recorded: Decision): void {
    this.#core.match(recorded);
  }

  /** Counts an event that the code never sees, so that faults name the right place. */
  skip(): void {
    this.#core.skip();
  }

  /** Whether there are decisions that the log doesn't hold yet. */
  get hasDecisions(): boolean {
    return this.#core.hasDecisions;
  }

  /** The decisions that the log doesn't hold yet; they are the caller's to append. */
  takeDecisions(): readonly Decision[] {
    return this.#core.takeDecisions();
  }

  /** What a scheduled step is to do; nothing once the code no longer waits for it. */
  askedStep(stepId: StepId): AskedStep | undefined {
    return this.#steps.get(stepId);
  }

  /**
   * Reads the run's state.
   * @throws FermataError `UNKNOWN_QUERY` with the names there are; `QUERY_FAILED` when the handler threw
   */
  query(name: string, args: unknown): Payload {
    return this.#core.asQuery(() => this.#queries.answer(name, args, (call) => this.#core.host.enter(this, call)));
  }

  /**
   * Asks the code whether it takes an update; changes nothing.
   * @throws FermataError `UNKNOWN_UPDATE` with the names there are; `UPDATE_REJECTED`
   */
  validateUpdate(name: string, args: Payload): void {
    this.#core.asQuery(() => {
      this.#updates.validate(name, args, (call) => this.#core.host.enter(this, call));
    });
  }

  /** Messages that nobody has taken. */
  untaken(): CarriedOver {
    return { signals: this.#signals.unread(), updates: this.#updates.unbegun() };
  }

  reportFault(fault: FermataError): void {
    this.#core.reportFault(fault);
  }

  isCancellation(thrown: unknown): boolean {
    return thrown instanceof Error && this.#cancellations.has(thrown);
  }

  // What workflow code asks for, through its context.

  askStep(scope: Scope, name: string, work: StepFunction<unknown>, options?: AskStepOptions): Promise<unknown> {
    return this.#steps.ask(scope, name, work, options);
  }

  askTimer(scope: Scope, ms: Millis): Promise<unknown> {
    return this.#timers.ask(scope, ms).promise;
  }

  askSignal(scope: Scope, name: string, options: SignalWaitOptions): Promise<unknown> {
    return this.#signals.ask(scope, name, options);
  }

  askCondition(scope: Scope, isMet: () => boolean, timeoutMs: Millis | undefined): Promise<unknown> {
    return this.#conditions.ask(scope, isMet, timeoutMs);
  }

  askChild(scope: Scope, request: ChildRequest): AskedChild | { readonly refused: Promise<never> } {
    return this.#children.ask(scope, request);
  }

  cancelChild(childId: number): void {
    this.#children.requestCancel(childId);
  }

  askExternalSignal(scope: Scope, workflowId: string, name: string, payload: unknown): Promise<unknown> {
    const { namespace } = this.address;
    const send = ({ idempotencyKey: requestId }: StepContext): Promise<unknown> =>
      this.#core.host.sendSignal({ namespace, workflowId, name, payload, requestId });
    const stepName = `signal ${name} to ${workflowId}`.slice(0, nameCharsMax);
    return this.askStep(scope, stepName, async (step) => void (await send(step)), { retry: externalSignalRetry });
  }

  async askContinueAsNew(value: unknown): Promise<never> {
    this.assertUsable('ctx.continueAsNew');
    await this.#handlers.ended();
    const next = isGiver(value) ? value() : value;
    const input = encodePayload(next, 'input of the next run');
    checkPayloadSize(input, this.#core.host.payloadBytesMax, 'input of the next run');
    if (!this.#isEnding) {
      this.#isEnding = true;
      this.#close({ type: 'WorkflowContinuedAsNew', version: 1, input });
    }
    return new Promise<never>(() => undefined);
  }

  cancelScope(scope: Scope, error: Error): void {
    this.#cancellations.add(error);
    scope.cancel(error);
    this.#steps.cancel();
    this.#timers.cancel();
    this.#signals.cancel();
    this.#conditions.cancel();
    this.#children.cancel();
  }

  limitScope(scope: Scope, ms: Millis): () => void {
    const expire = (): void => this.cancelScope(scope, new TimeoutError(`The scope's ${ms} ms are over.`));
    const timerId = this.#timers.limit(Scope.own(), ms, { expire });
    return () => this.#timers.cancelOne(timerId);
  }

  handleUpdate(name: string, handler: UpdateHandler): void {
    this.assertUsable('ctx.onUpdate');
    this.#updates.handle(name, handler);
  }

  revive(schema: Schema<unknown> | undefined, recorded: unknown): unknown {
    return schema ? revive(this.#core.host, schema, recorded) : recorded;
  }

  patch(id: string): boolean {
    this.assertUsable('ctx.patch');
    return this.#core.patch(id);
  }

  setSearchAttributes(attributes: SearchAttributes): void {
    this.assertUsable('ctx.setSearchAttributes');
    this.#core.decide({ type: 'SearchAttributesSet', version: 1, attributes });
  }

  handleSignal(name: string, handler: SignalHandler): void {
    this.assertUsable('ctx.onSignal');
    this.#signals.handle(name, handler);
  }

  handleDefaultSignal(handler: DefaultSignalHandler): void {
    this.assertUsable('ctx.onSignal');
    this.#signals.handleDefault(handler);
  }

  handleQuery(name: string, handler: QueryHandler): void {
    this.assertUsable('ctx.onQuery');
    this.#queries.handle(name, handler);
  }

  assertUsable(call: string): void {
    this.#core.assertUsable(call);
  }

  assertOutsideStep(call: string): void {
    this.#core.assertOutsideStep(call);
  }

  startTimer(ms: Millis): { readonly timerId: TimerId | undefined; readonly promise: Promise<unknown> } {
    return this.#timers.ask(this.#root, Math.ceil(ms));
  }

  cancelTimer(timerId: TimerId): void {
    this.#timers.cancelOne(timerId);
  }

  // Applying causes.

  #apply(cause: Cause): void {
    switch (cause.type) {
      case 'WorkflowStarted':
        return this.#start(cause);
      case 'StartDelayElapsed':
        return this.#startDelayed();
      case 'RunTimedOut':
        return this.#end('time-out', new TimeoutError('The time of the run is up.'));
      case 'StepSucceeded':
        return this.#steps.succeed(cause);
      case 'StepFailed':
        return this.#steps.fail(cause);
      case 'TimerFired':
        return this.#timers.fire(cause);
      case 'SignalReceived':
        return this.#signals.receive(cause);
      case 'UpdateAccepted':
        return this.#updates.accept(cause);
      case 'ChildStarted':
        return this.#children.started(cause);
      case 'ChildStartFailed':
        return this.#children.startFailed(cause);
      case 'ChildCancelDelivered':
        return this.#children.cancelDelivered(cause);
      case 'ChildClosed':
        return this.#children.closed(cause);
      case 'CancelRequested':
        return this.#end('cancel', new CancelledError(cause.reason));
      default:
        return assertNever(cause);
    }
  }

  #start(started: WorkflowStarted): void {
    const { signals = [], updates = [] } = started.carriedOver ?? {};
    for (const { name, payload } of signals) this.#signals.receive({ name, payload });
    for (const update of updates) this.#updates.accept(update);
    if (started.firstTurnAt !== undefined) this.#delayed = started;
    else this.#run(started);
  }

  #startDelayed(): void {
    const started = this.#delayed;
    this.#delayed = undefined;
    if (started) this.#run(started);
  }

  #run({ input }: WorkflowStarted): void {
    const value = this.revive(this.workflow.input, decodePayload(input));
    void this.#core.host.enter(this, () => this.#main(value));
  }

  async #main(input: unknown): Promise<void> {
    try {
      const code = this.workflow.create();
      for (const [name, handler] of code.queries ?? []) this.#queries.handle(name, handler);
      for (const [name, handler] of code.signals ?? []) this.#signals.handle(name, handler);
      if (code.defaultSignal) this.#signals.handleDefault(code.defaultSignal);
      for (const [name, handler] of code.updates ?? []) this.#updates.handle(name, handler);
      const result = await code.run(new RunContext(this, this.#root), input);
      if (this.workflow.unfinishedHandlers !== 'report') await this.#handlers.ended();
      this.#complete(result);
    } catch (error) {
      await this.#fail(error);
    }
  }

  #end(how: 'cancel' | 'time-out', error: Error): void {
    this.#endAsked ??= how;
    if (this.#delayed) {
      this.#delayed = undefined;
      this.#close(this.#closingFor(error, toFailure(error)));
      return;
    }
    this.cancelScope(this.#root, error);
  }

  #isWaiting(): boolean {
    return (
      this.#delayed !== undefined ||
      this.#steps.isWaiting ||
      this.#timers.isWaiting ||
      this.#signals.isWaiting ||
      this.#conditions.isWaiting ||
      this.#children.isWaiting
    );
  }

  // Ending.

  #complete(value: unknown): void {
    if (this.#isEnding) return;
    if (this.#endAsked === 'time-out') throw new TimeoutError('The time of the run is up.');
    const schema = this.workflow.output && this.#core.host.schemaOf(this.workflow.output);
    const validated = schema ? validateNow(schema, value, 'workflow result') : value;
    const result = encodePayload(validated, 'workflow result');
    checkPayloadSize(result, this.#core.host.payloadBytesMax, 'workflow result');
    this.#isEnding = true;
    const unfinishedHandlers = this.#handlers.names();
    this.#close({
      type: 'WorkflowCompleted',
      version: 1,
      result,
      ...(unfinishedHandlers.length > 0 && { unfinishedHandlers }),
    });
  }

  /** Undoes what has a compensation and closes the run; the first failure counts. */
  async #fail(error: unknown): Promise<void> {
    if (this.#isEnding || this.fault) return;
    this.#isEnding = true;
    await this.#steps.undoableEnded();
    const unwound = await unwind(this.#steps.compensations, ({ name, stepId }, work) =>
      this.askStep(Scope.own(), `compensate ${name}`.slice(0, nameCharsMax), work, { compensates: stepId }),
    );
    const failure = this.#steps.hasCompensations ? withUnwound(toFailure(error), unwound) : toFailure(error);
    this.#close(this.#closingFor(error, failure));
  }

  #closingFor(error: unknown, failure: Failure): ClosingDecision {
    if (this.#endAsked === 'time-out') return { type: 'WorkflowTimedOut', version: 1, failure };
    const isCancellation = this.#endAsked === 'cancel' && isCancelled(error);
    return { type: isCancellation ? 'WorkflowCancelled' : 'WorkflowFailed', version: 1, failure };
  }

  #close(decision: ClosingDecision): void {
    this.#core.decide(decision);
    this.#core.isClosed = true;
  }
}

/** A step or a child that was waited for, and that ended with its cancellation, counts too. */
function isCancelled(error: unknown): boolean {
  return error instanceof CancelledError || (error instanceof RecordedError && error.code === 'CANCELLED');
}

function isGiver(value: unknown): value is () => unknown {
  return typeof value === 'function';
}

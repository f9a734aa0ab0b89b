import { toMillis, type EpochMs } from '../duration/duration.js';
import { FermataError } from '../errors/fermata-error.js';
import { assertNever } from '../errors/invariant.js';
import { toFailure } from '../errors/to-failure.js';
import { CancelledError, StepError, TimeoutError } from '../errors/workflow-errors.js';
import type {
  CancelRequested,
  Cause,
  Decision,
  RunId,
  SignalReceived,
  StepFailed,
  StepId,
  StepSucceeded,
  TimerFired,
  TimerId,
  WorkflowStarted,
} from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import { encodePayload } from '../payload/encode.js';
import type { Payload } from '../payload/payload.js';
import { checkPayloadSize } from '../payload/payload-size.js';
import { toRetryPolicy } from '../steps/retry-policy.js';
import type { SignalWaitOptions, StepFunction, StepOptions } from '../workflow/context.js';
import type { QueryHandler, RegisteredWorkflow, SignalHandler } from '../workflow/registered-workflow.js';
import { isStandardSchema } from '../workflow/schema.js';
import { validateNow } from '../workflow/validate.js';
import type { AskedStep } from './asked-step.js';
import { type Compensation, unwind, withUnwound } from './compensations.js';
import { DecisionQueue } from './decision-queue.js';
import { contextUsedInQuery, contextUsedOutsideTurn, foreignPromise, nondeterminism, stepInStep } from './faults.js';
import { RunContext } from './run-context.js';
import type { RunHost } from './run-host.js';
import { isSameDecision } from './same-decision.js';
import { Scope } from './scope.js';
import { SeededRandom } from './seeded-random.js';
import { SignalInbox, type SignalWait } from './signal-inbox.js';
import { openWait, rejected, rejectWait, type Wait } from './wait.js';

/** Where a run is: what its context and its steps are told. */
export interface RunAddress {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: RunId;
  readonly workflowType: string;
}

interface AskedTimer {
  readonly wait: Wait;
  /** The wait that it limits, if it is a time-out. */
  readonly limits: SignalWait | undefined;
}

interface AskedStepOptions extends StepOptions<unknown> {
  readonly compensates?: StepId;
}

/**
 * One run's code, standing where its history brought it. Causes are applied one at a time, each in a turn that ends when
 * the microtask queue is empty; what the code decides in it is matched with the log, or taken to be appended. Live and
 * replayed runs take this same path.
 */
export class WorkflowRun {
  /** Why the code can't go on; the first fault stands, and the run is of no more use. */
  fault: FermataError | undefined;

  readonly #decisions: DecisionQueue;
  readonly #steps = new Map<StepId, AskedStep>();
  readonly #timers = new Map<TimerId, AskedTimer>();
  readonly #signals = new SignalInbox();
  readonly #queries = new Map<string, QueryHandler>();
  readonly #handlersRunning = new Set<Promise<void>>();
  readonly #compensations: Compensation[] = [];
  readonly #root = Scope.root();
  #random: SeededRandom | undefined;
  #phase: 'idle' | 'turn' | 'query' = 'idle';
  #now: EpochMs = 0;
  #nextStepId = 0;
  #nextTimerId = 0;
  #nextWaitId = 0;
  #eventsApplied = 0;
  #lastDecision: Decision | undefined;
  #isCancelRequested = false;
  #isEnding = false;
  #isClosed = false;

  constructor(
    readonly address: RunAddress,
    private readonly workflow: RegisteredWorkflow,
    private readonly host: RunHost,
  ) {
    this.#decisions = new DecisionQueue(host);
  }

  get now(): EpochMs {
    return this.#now;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get random(): SeededRandom {
    this.#random ??= new SeededRandom(this.address.runId);
    return this.#random;
  }

  // Driving the run: called by the node, never by workflow code.

  /** Begins the turn of a cause; its continuations run as microtasks, and `endTurn` must follow when they are done. */
  beginTurn(cause: Cause, at: EpochMs): void {
    this.#eventsApplied++;
    this.#now = Math.max(this.#now, at);
    this.#phase = 'turn';
    if (this.fault || this.#isClosed) return;
    this.#apply(cause);
  }

  endTurn(): void {
    this.#phase = 'idle';
    if (!this.#isClosed && !this.fault && !this.#isWaiting()) this.fault = foreignPromise(this.#lastDecision);
  }

  /** Holds a decision of the log against what the code asked for at that place. */
  match(recorded: Decision): void {
    this.#eventsApplied++;
    if (this.fault) return;
    const asked = this.#decisions.peek();
    if (asked && isSameDecision(recorded, asked)) this.#decisions.shift();
    else this.#diverge(recorded, asked);
  }

  /** Counts an event that the code never sees, so that faults name the right place. */
  skip(): void {
    this.#eventsApplied++;
  }

  /** The decisions that the log doesn't hold yet; they are the caller's to append. */
  takeDecisions(): readonly Decision[] {
    return this.#decisions.takeAll();
  }

  /** What a scheduled step is to do; nothing once the code no longer waits for it. */
  askedStep(stepId: StepId): AskedStep | undefined {
    return this.#steps.get(stepId);
  }

  get queryNames(): readonly string[] {
    return [...this.#queries.keys()];
  }

  /**
   * Reads the run's state.
   * @throws FermataError `UNKNOWN_QUERY` with the names there are; `QUERY_FAILED` when the handler threw
   */
  query(name: string, args: unknown): Payload {
    const handler = this.#queries.get(name);
    if (!handler) throw unknownQuery(name, this.queryNames);
    this.#phase = 'query';
    try {
      return encodePayload(
        this.host.enter(this, () => handler(args)),
        'query result',
      );
    } catch (error) {
      throw queryFailed(name, error);
    } finally {
      this.#phase = 'idle';
    }
  }

  /** Marks the run as unable to go on; the first fault stands. */
  reportFault(fault: FermataError): void {
    this.fault ??= fault;
  }

  // What workflow code asks for, through its context.

  askStep(scope: Scope, name: string, work: StepFunction<unknown>, options: AskedStepOptions = {}): Promise<unknown> {
    this.assertUsable('ctx.step');
    if (scope.cancelled) return rejected(scope.cancelled);
    const retry = toRetryPolicy(options.retry);
    const timeoutMs = options.timeout === undefined ? undefined : toMillis(options.timeout, 'timeout');
    const stepId = this.#nextStepId++;
    const wait = openWait(scope);
    const { compensate, compensates } = options;
    this.#steps.set(stepId, { stepId, name, work, retry, timeoutMs, compensate, wait });
    this.#decide(
      compensates === undefined
        ? { type: 'StepScheduled', version: 1, stepId, name }
        : { type: 'StepScheduled', version: 1, stepId, name, compensates },
    );
    return wait.promise;
  }

  askTimer(scope: Scope, ms: number, limits?: SignalWait): { readonly timerId: TimerId; readonly promise: Promise<unknown> } {
    this.assertUsable('ctx.sleep');
    const timerId = this.#nextTimerId++;
    if (scope.cancelled) return { timerId, promise: rejected(scope.cancelled) };
    const wait = openWait(scope);
    this.#timers.set(timerId, { wait, limits });
    const dueAt = this.#now + ms;
    this.#decide(
      limits === undefined
        ? { type: 'TimerStarted', version: 1, timerId, dueAt }
        : { type: 'TimerStarted', version: 1, timerId, dueAt, waitId: limits.waitId },
    );
    return { timerId, promise: wait.promise };
  }

  /** A timer in the run's root scope: for code that holds no context. */
  startTimer(ms: number): { readonly timerId: TimerId; readonly promise: Promise<unknown> } {
    return this.askTimer(this.#root, Math.ceil(ms));
  }

  cancelTimer(timerId: TimerId): void {
    if (this.#timers.delete(timerId)) this.#decide({ type: 'TimerCancelled', version: 1, timerId });
  }

  askSignal(scope: Scope, name: string, options: SignalWaitOptions): Promise<unknown> {
    this.assertUsable('ctx.signal');
    if (scope.cancelled) return rejected(scope.cancelled);
    const timeoutMs = options.timeout === undefined ? undefined : toMillis(options.timeout, 'timeout');
    const kept = this.#signals.take(name);
    if (kept) return Promise.resolve(decodePayload(kept.payload));
    const waitId = this.#nextWaitId++;
    const timerId = timeoutMs === undefined ? undefined : this.#nextTimerId;
    const wait: SignalWait = { ...openWait(scope), waitId, name, timerId };
    this.#signals.addWait(wait);
    this.#decide({ type: 'SignalAwaited', version: 1, waitId, name });
    if (timeoutMs !== undefined) this.askTimer(scope, timeoutMs, wait);
    return wait.promise;
  }

  handleSignal(name: string, handler: SignalHandler): void {
    this.assertUsable('ctx.onSignal');
    this.#signals.handle(name, handler);
    for (let kept = this.#signals.take(name); kept; kept = this.#signals.take(name)) {
      this.#runHandler(handler, kept.payload);
    }
  }

  handleQuery(name: string, handler: QueryHandler): void {
    this.#queries.set(name, handler);
  }

  /** @throws FermataError when called from a step, from a query, or while no event is being applied */
  assertUsable(call: string): void {
    const step = this.host.currentStep();
    if (step !== undefined) throw stepInStep(step, call);
    if (this.#phase === 'turn') return;
    if (this.#phase === 'query') throw contextUsedInQuery(call);
    this.fault ??= contextUsedOutsideTurn(call, this.#lastDecision);
    throw this.fault;
  }

  // Applying causes.

  #apply(cause: Cause): void {
    switch (cause.type) {
      case 'WorkflowStarted':
        return this.#start(cause);
      case 'StepSucceeded':
        return this.#succeedStep(cause);
      case 'StepFailed':
        return this.#failStep(cause);
      case 'TimerFired':
        return this.#fireTimer(cause);
      case 'SignalReceived':
        return this.#receiveSignal(cause);
      case 'CancelRequested':
        return this.#cancel(cause);
      default:
        return assertNever(cause);
    }
  }

  #start({ input }: WorkflowStarted): void {
    const main = async (): Promise<void> => {
      try {
        const code = this.workflow.create();
        for (const [name, handler] of code.signals ?? []) this.#signals.handle(name, handler);
        for (const [name, handler] of code.queries ?? []) this.#queries.set(name, handler);
        const result = await code.run(new RunContext(this, this.#root), decodePayload(input));
        while (this.#handlersRunning.size > 0) await Promise.all(this.#handlersRunning);
        this.#complete(result);
      } catch (error) {
        await this.#fail(error);
      }
    };
    void this.host.enter(this, main);
  }

  #succeedStep({ stepId, result }: StepSucceeded): void {
    const step = this.#steps.get(stepId);
    if (!step) return;
    this.#steps.delete(stepId);
    if (step.compensate) this.#compensations.push({ stepId, name: step.name, result, undo: step.compensate });
    step.wait.resolve(decodePayload(result));
  }

  #failStep({ stepId, attempt, failure }: StepFailed): void {
    const step = this.#steps.get(stepId);
    if (!step) return;
    this.#steps.delete(stepId);
    rejectWait(step.wait, new StepError(step.name, attempt, failure));
  }

  #fireTimer({ timerId }: TimerFired): void {
    const timer = this.#timers.get(timerId);
    if (!timer) return;
    this.#timers.delete(timerId);
    if (!timer.limits) return timer.wait.resolve(undefined);
    this.#signals.removeWait(timer.limits);
    rejectWait(timer.limits, new TimeoutError(`No signal "${timer.limits.name}" came in time.`));
  }

  #receiveSignal({ name, payload }: SignalReceived): void {
    const wait = this.#signals.takeWait(name);
    if (wait) {
      if (wait.timerId !== undefined) this.cancelTimer(wait.timerId);
      return wait.resolve(decodePayload(payload));
    }
    const handler = this.#signals.handlerOf(name);
    if (handler) this.#runHandler(handler, payload);
    else this.#signals.keep(name, payload);
  }

  #cancel({ reason }: CancelRequested): void {
    this.#isCancelRequested = true;
    this.#root.cancel(new CancelledError(reason));
    for (const step of [...this.#steps.values()]) {
      if (!step.wait.scope.cancelled) continue;
      this.#steps.delete(step.stepId);
      this.#decide({ type: 'StepCancelled', version: 1, stepId: step.stepId });
      rejectWait(step.wait, step.wait.scope.cancelled);
    }
    for (const [timerId, { wait }] of [...this.#timers]) {
      if (!wait.scope.cancelled) continue;
      this.cancelTimer(timerId);
      rejectWait(wait, wait.scope.cancelled);
    }
    for (const wait of this.#signals.waits()) {
      if (!wait.scope.cancelled) continue;
      this.#signals.removeWait(wait);
      rejectWait(wait, wait.scope.cancelled);
    }
  }

  #runHandler(handler: SignalHandler, payload: unknown): void {
    const running = this.#callHandler(handler, decodePayload(payload as never)).finally(() =>
      this.#handlersRunning.delete(running),
    );
    this.#handlersRunning.add(running);
  }

  async #callHandler(handler: SignalHandler, payload: unknown): Promise<void> {
    try {
      await this.host.enter(this, () => handler(payload));
    } catch (error) {
      await this.#fail(error);
    }
  }

  // Ending.

  #complete(value: unknown): void {
    if (this.#isEnding) return;
    const { output } = this.workflow;
    const validated = output && isStandardSchema(output) ? validateNow(output, value, 'workflow result') : value;
    const result = encodePayload(validated, 'workflow result');
    checkPayloadSize(result, this.host.payloadBytesMax, 'workflow result');
    this.#isEnding = true;
    this.#close({ type: 'WorkflowCompleted', version: 1, result });
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#isEnding || this.fault) return;
    this.#isEnding = true;
    const unwound = await unwind(this.#compensations, ({ name, stepId }, work) =>
      this.askStep(Scope.shielded(), `compensate ${name}`, work, { compensates: stepId }),
    );
    const failure = withUnwound(toFailure(error), unwound);
    const isCancellation = this.#isCancelRequested && error instanceof CancelledError;
    this.#close({ type: isCancellation ? 'WorkflowCancelled' : 'WorkflowFailed', version: 1, failure });
  }

  #close(decision: Decision): void {
    this.#decide(decision);
    this.#isClosed = true;
  }

  // Deciding.

  #decide(decision: Decision): void {
    // What dangling branches still ask for after the close is of no effect.
    if (this.#isClosed) return;
    this.#lastDecision = decision;
    this.#decisions.push(decision);
  }

  #diverge(recorded: Decision, asked: Decision | undefined): void {
    const site = asked && this.#decisions.siteOf(asked);
    this.fault = nondeterminism({ recorded, asked, eventIndex: this.#eventsApplied - 1, site });
  }

  #isWaiting(): boolean {
    return this.#steps.size > 0 || this.#timers.size > 0 || this.#signals.isWaiting;
  }
}

function unknownQuery(name: string, known: readonly string[]): FermataError {
  return new FermataError('UNKNOWN_QUERY', {
    message: `The workflow answers no query "${name}".`,
    fix: known.length === 0 ? 'It has no query handlers at all.' : `It answers: ${known.join(', ')}.`,
    details: { known },
  });
}

function queryFailed(name: string, error: unknown): FermataError {
  return new FermataError('QUERY_FAILED', {
    message: `Query "${name}" failed: ${toFailure(error).message}.`,
    fix: 'Mend the query handler; the run itself is untouched.',
    cause: error,
  });
}

import type { EpochMs, Millis } from '../duration/duration.js';
import type { FermataError } from '../errors/fermata-error.js';
import { assertNever } from '../errors/invariant.js';
import { toFailure } from '../errors/to-failure.js';
import { CancelledError } from '../errors/workflow-errors.js';
import type { CancelRequested, Cause, Decision, StepId, TimerId, WorkflowStarted } from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import { encodePayload } from '../payload/encode.js';
import { checkPayloadSize } from '../payload/payload-size.js';
import type { Payload } from '../payload/payload.js';
import type { SignalWaitOptions, StepFunction } from '../workflow/context.js';
import type { QueryHandler, RegisteredWorkflow, SignalHandler } from '../workflow/registered-workflow.js';
import { isStandardSchema } from '../workflow/schema.js';
import { validateNow } from '../workflow/validate.js';
import type { AskedStep } from './asked-step.js';
import type { Asks } from './asks.js';
import { unwind, withUnwound } from './compensations.js';
import { causeNotApplicable } from './faults.js';
import { HandlerCalls } from './handler-calls.js';
import { Queries } from './queries.js';
import type { RunAddress } from './run-address.js';
import { RunContext } from './run-context.js';
import { RunCore } from './run-core.js';
import type { RunHost, SurroundingRun } from './run-host.js';
import { Scope } from './scope.js';
import { SeededRandom } from './seeded-random.js';
import { SignalAsks } from './signal-asks.js';
import { StepAsks, type AskStepOptions } from './step-asks.js';
import { TimerAsks } from './timer-asks.js';

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
  readonly #handlers: HandlerCalls;
  readonly #queries = new Queries();
  readonly #root = new Scope();
  #random: SeededRandom | undefined;
  #isCancelRequested = false;
  #isEnding = false;

  constructor(
    readonly address: RunAddress,
    private readonly workflow: RegisteredWorkflow,
    host: RunHost,
  ) {
    this.#core = new RunCore(address, host);
    this.#steps = new StepAsks(this.#core);
    this.#timers = new TimerAsks(this.#core);
    this.#handlers = new HandlerCalls(
      (call) => host.enter(this, call),
      (error) => this.#fail(error),
    );
    this.#signals = new SignalAsks(this.#core, this.#timers, this.#handlers);
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

  get random(): SeededRandom {
    this.#random ??= new SeededRandom(this.address.runId);
    return this.#random;
  }

  // Driving the run: called by the node, never by workflow code.

  /** Begins the turn of a cause; its continuations run as microtasks, and `endTurn` must follow when they are done. */
  beginTurn(cause: Cause, at: EpochMs): void {
    this.#core.beginTurn(at);
    if (this.fault || this.isClosed) return;
    try {
      this.#apply(cause);
    } catch (error) {
      this.reportFault(causeNotApplicable(cause, error));
    }
  }

  endTurn(): void {
    this.#core.endTurn({
      isWaiting: this.#steps.isWaiting || this.#timers.isWaiting || this.#signals.isWaiting,
    });
  }

  /** Holds a decision of the log against what the code asked for at that place. */
  match(recorded: Decision): void {
    this.#core.match(recorded);
  }

  /** Counts an event that the code never sees, so that faults name the right place. */
  skip(): void {
    this.#core.skip();
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

  reportFault(fault: FermataError): void {
    this.#core.reportFault(fault);
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

  handleSignal(name: string, handler: SignalHandler): void {
    this.assertUsable('ctx.onSignal');
    this.#signals.handle(name, handler);
  }

  handleQuery(name: string, handler: QueryHandler): void {
    this.#queries.handle(name, handler);
  }

  assertUsable(call: string): void {
    this.#core.assertUsable(call);
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
      case 'StepSucceeded':
        return this.#steps.succeed(cause);
      case 'StepFailed':
        return this.#steps.fail(cause);
      case 'TimerFired':
        return this.#timers.fire(cause);
      case 'SignalReceived':
        return this.#signals.receive(cause);
      case 'CancelRequested':
        return this.#cancel(cause);
      default:
        return assertNever(cause);
    }
  }

  #start({ input }: WorkflowStarted): void {
    const value = decodePayload(input);
    void this.#core.host.enter(this, () => this.#main(value));
  }

  async #main(input: unknown): Promise<void> {
    try {
      const code = this.workflow.create();
      for (const [name, handler] of code.signals ?? []) this.#signals.handle(name, handler);
      for (const [name, handler] of code.queries ?? []) this.#queries.handle(name, handler);
      const result = await code.run(new RunContext(this, this.#root), input);
      await this.#handlers.ended();
      this.#complete(result);
    } catch (error) {
      await this.#fail(error);
    }
  }

  #cancel({ reason }: CancelRequested): void {
    this.#isCancelRequested = true;
    this.#root.cancel(new CancelledError(reason));
    this.#steps.cancel();
    this.#timers.cancel();
    this.#signals.cancel();
  }

  // Ending.

  #complete(value: unknown): void {
    if (this.#isEnding) return;
    const { output } = this.workflow;
    const validated = output && isStandardSchema(output) ? validateNow(output, value, 'workflow result') : value;
    const result = encodePayload(validated, 'workflow result');
    checkPayloadSize(result, this.#core.host.payloadBytesMax, 'workflow result');
    this.#isEnding = true;
    this.#close({ type: 'WorkflowCompleted', version: 1, result });
  }

  /** Undoes what has a compensation and closes the run; the first failure counts. */
  async #fail(error: unknown): Promise<void> {
    if (this.#isEnding || this.fault) return;
    this.#isEnding = true;
    const unwound = await unwind(this.#steps.compensations, ({ name, stepId }, work) =>
      this.askStep(new Scope(), `compensate ${name}`, work, { compensates: stepId }),
    );
    const failure = this.#steps.hasCompensations ? withUnwound(toFailure(error), unwound) : toFailure(error);
    const isCancellation = this.#isCancelRequested && error instanceof CancelledError;
    this.#close({ type: isCancellation ? 'WorkflowCancelled' : 'WorkflowFailed', version: 1, failure });
  }

  #close(decision: Decision): void {
    this.#core.decide(decision);
    this.#core.isClosed = true;
  }
}

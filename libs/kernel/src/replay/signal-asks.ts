import { toMillis } from '../duration/duration.js';
import { TimeoutError } from '../errors/workflow-errors.js';
import type { SignalReceived } from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import type { Payload } from '../payload/payload.js';
import type { SignalWaitOptions } from '../workflow/context.js';
import type { DefaultSignalHandler, SignalHandler } from '../workflow/registered-workflow.js';
import type { HandlerCalls } from './handler-calls.js';
import type { RunCore } from './run-core.js';
import type { Scope } from './scope.js';
import { SignalInbox, type SignalWait } from './signal-inbox.js';
import type { TimerAsks } from './timer-asks.js';
import { openWait, rejected, rejectWait } from './wait.js';

/** A signal that nobody has taken, as it is recorded. */
export interface UnreadSignal {
  readonly name: string;
  readonly payload: Payload;
}

/** The signals that came, and who waits for them. */
export class SignalAsks {
  readonly #inbox = new SignalInbox();

  constructor(
    private readonly core: RunCore,
    private readonly timers: TimerAsks,
    private readonly calls: HandlerCalls,
    /** Ends the run when a handler throws. */
    private readonly fail: (error: unknown) => Promise<void>,
  ) {}

  get isWaiting(): boolean {
    return this.#inbox.isWaiting;
  }

  ask(scope: Scope, name: string, options: SignalWaitOptions): Promise<unknown> {
    this.core.assertUsable('ctx.signal');
    if (scope.cancelled) return rejected(scope.cancelled);
    const timeoutMs = options.timeout === undefined ? undefined : toMillis(options.timeout, 'timeout');
    const kept = this.#inbox.take(name);
    if (kept) return Promise.resolve(kept.value);
    const wait: SignalWait = { ...openWait(scope), waitId: this.core.nextWaitId(), name, timerId: undefined };
    this.#inbox.addWait(wait);
    this.core.decide({ type: 'SignalAwaited', version: 1, waitId: wait.waitId, name });
    if (timeoutMs !== undefined) {
      wait.timerId = this.timers.limit(scope, timeoutMs, { waitId: wait.waitId, expire: () => this.#expire(wait) });
    }
    return wait.promise;
  }

  /** Those kept so far go to the handler first. */
  handle(name: string, handler: SignalHandler): void {
    this.#inbox.handle(name, handler);
    for (let kept = this.#inbox.take(name); kept; kept = this.#inbox.take(name)) this.#call(name, handler, kept.value);
  }

  /** For signals without a wait or a handler of their own; those kept so far go to it first. */
  handleDefault(handler: DefaultSignalHandler): void {
    this.#inbox.handleDefault(handler);
    for (const { name } of this.#inbox.kept()) {
      const kept = this.#inbox.take(name);
      if (kept) this.#call(name, (payload) => handler(name, payload), kept.value);
    }
  }

  receive({ name, payload: recorded }: Pick<SignalReceived, 'name' | 'payload'>): void {
    // Here and not when the code takes it: what can't be decoded is no fault of the code.
    const value = decodePayload(recorded);
    const wait = this.#inbox.takeWait(name);
    if (wait) {
      if (wait.timerId !== undefined) this.timers.cancelOne(wait.timerId);
      wait.resolve(value);
      return;
    }
    const handler = this.#inbox.handlerOf(name);
    if (handler) this.#call(name, handler, value);
    else this.#inbox.keep({ name, recorded, value });
  }

  /** Gives up the waits whose scope is cancelled. */
  cancel(): void {
    for (const wait of this.#inbox.waits()) {
      if (!wait.scope.cancelled) continue;
      this.#inbox.removeWait(wait);
      this.core.decide({ type: 'WaitEnded', version: 1, waitId: wait.waitId });
      rejectWait(wait, wait.scope.cancelled);
    }
  }

  /** Signals that nobody has taken, oldest first. */
  unread(): readonly UnreadSignal[] {
    return this.#inbox.kept().map(({ name, recorded: payload }) => ({ name, payload }));
  }

  #call(name: string, handler: SignalHandler, value: unknown): void {
    this.calls.track(name, async () => {
      try {
        await this.calls.enter(() => handler(value));
      } catch (error) {
        await this.fail(error);
      }
    });
  }

  #expire(wait: SignalWait): void {
    this.#inbox.removeWait(wait);
    rejectWait(wait, new TimeoutError(`No signal "${wait.name}" came in time.`));
  }
}

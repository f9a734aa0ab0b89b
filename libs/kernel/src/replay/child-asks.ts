import { ChildError, childStartError } from '../errors/child-errors.js';
import { assertNever } from '../errors/invariant.js';
import type {
  ChildCancelDelivered,
  ChildClosed,
  ChildId,
  ChildRequested,
  ChildStarted,
  ChildStartFailed,
  RunId,
} from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import { checkPayloadSize } from '../payload/payload-size.js';
import type { ChildCancellationMode } from '../workflow/cancellation-mode.js';
import type { RunCore } from './run-core.js';
import type { Scope } from './scope.js';
import { attempt, openWait, rejected, rejectWait, type Wait } from './wait.js';

export type ChildRequest = Omit<ChildRequested, 'type' | 'version' | 'childId' | 'workflowId'> & {
  /** Default: made of the parent's ID and the child's number. */
  readonly workflowId?: string;
  readonly cancellation: ChildCancellationMode;
};

/** A child that workflow code asked for, before and after its start. */
export interface AskedChild {
  readonly childId: ChildId;
  readonly workflowId: string;
  readonly cancellation: ChildCancellationMode;
  readonly start: Wait;
  readonly close: Wait;
  runId: RunId | undefined;
}

/** The children that workflow code has asked for and that haven't closed. */
export class ChildAsks {
  readonly #asked = new Map<ChildId, AskedChild>();
  readonly #cancelling = new Set<ChildId>();
  #nextId = 0;

  constructor(private readonly core: RunCore) {}

  get isWaiting(): boolean {
    return this.#asked.size > 0;
  }

  /** `start` resolves with the run's ID once the child's start is durable, `close` with its result. */
  ask(
    scope: Scope,
    { cancellation, workflowId, ...request }: ChildRequest,
  ): AskedChild | { readonly refused: Promise<never> } {
    this.core.assertUsable('ctx.startChild');
    if (scope.cancelled) return { refused: rejected(scope.cancelled) };
    const checked = attempt(() => this.#checked(request));
    if ('refused' in checked) return checked;
    const childId = this.#nextId++;
    const id = workflowId ?? this.#idOf(childId);
    const [start, close] = [openWait(scope), openWait(scope)];
    const child: AskedChild = { childId, workflowId: id, cancellation, start, close, runId: undefined };
    this.#asked.set(childId, child);
    this.core.decide({ type: 'ChildRequested', version: 1, childId, workflowId: id, ...request });
    return child;
  }

  #checked<Request extends Pick<ChildRequest, 'input'>>(request: Request): Request {
    checkPayloadSize(request.input, this.core.host.payloadBytesMax, 'input');
    return request;
  }

  started({ childId, runId }: ChildStarted): void {
    const child = this.#asked.get(childId);
    if (!child) return;
    child.runId = runId;
    child.start.resolve(runId);
  }

  startFailed({ childId, failure }: ChildStartFailed): void {
    const child = this.#take(childId);
    if (!child) return;
    rejectWait(child.start, childStartError(child.workflowId, failure));
    rejectWait(child.close, childStartError(child.workflowId, failure));
  }

  closed({ childId, runId, outcome }: ChildClosed): void {
    const child = this.#take(childId);
    if (!child) return;
    // A child may have closed before its start was noted.
    child.start.resolve(runId);
    if (outcome.status === 'completed') child.close.resolve(decodePayload(outcome.result));
    else rejectWait(child.close, new ChildError(child.workflowId, runId, outcome.status, outcome.failure));
  }

  cancelDelivered({ childId }: ChildCancelDelivered): void {
    const child = this.#asked.get(childId);
    const cancelled = child?.close.scope.cancelled;
    if (child?.cancellation === 'requested' && cancelled) this.#giveUp(child, cancelled);
  }

  /** Asks one child to end; how it does comes as its result. */
  requestCancel(childId: ChildId): void {
    this.core.assertUsable('child.cancel');
    if (this.#asked.has(childId)) this.core.decide({ type: 'ChildCancelRequested', version: 1, childId });
  }

  /** Deals with the children whose scope is cancelled, each as its mode says. */
  cancel(): void {
    for (const child of [...this.#asked.values()]) {
      const { cancelled } = child.close.scope;
      if (cancelled && !this.#cancelling.has(child.childId)) this.#cancelOne(child, cancelled);
    }
  }

  #cancelOne(child: AskedChild, error: Error): void {
    const { childId, cancellation } = child;
    this.#cancelling.add(childId);
    switch (cancellation) {
      case 'wait':
        return this.core.decide({ type: 'ChildCancelRequested', version: 1, childId });
      case 'requested':
        return this.core.decide({ type: 'ChildCancelRequested', version: 1, childId, awaitsDelivery: true });
      case 'try':
        // It stays the run's child until it has closed: the request must arrive, and the close policy holds.
        this.core.decide({ type: 'ChildCancelRequested', version: 1, childId });
        return this.#giveUp(child, error);
      case 'abandon':
        this.core.decide({ type: 'ChildAbandoned', version: 1, childId });
        return this.#giveUp(child, error);
      default:
        return assertNever(cancellation);
    }
  }

  #giveUp(child: AskedChild, error: Error): void {
    this.#asked.delete(child.childId);
    rejectWait(child.start, error);
    rejectWait(child.close, error);
  }

  #take(childId: ChildId): AskedChild | undefined {
    const child = this.#asked.get(childId);
    this.#asked.delete(childId);
    return child;
  }

  #idOf(childId: ChildId): string {
    const { workflowId, runId } = this.core.address;
    const id = `${workflowId}/${childId}`;
    return id.length <= ownIdCharsMax ? id : `${runId}/${childId}`;
  }
}

/** Below the limit of names, so that grandchildren have room too. */
const ownIdCharsMax = 180;

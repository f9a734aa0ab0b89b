import type { EpochMs } from '../duration/duration.js';
import type { FermataError } from '../errors/fermata-error.js';
import type { Decision, WaitId } from '../execution/events.js';
import { DecisionQueue } from './decision-queue.js';
import {
  contextUsedInQuery,
  contextUsedOutsideTurn,
  decidedOutsideTurn,
  foreignPromise,
  nondeterminism,
  stepInStep,
} from './faults.js';
import type { RunAddress } from './run-address.js';
import type { RunHost } from './run-host.js';
import { isSameDecision } from './same-decision.js';

/** What all parts of a run share: its time, its decisions, its fault, and whether its code may ask for anything now. */
export class RunCore {
  now: EpochMs = 0;
  /** Why the code can't go on; the first fault stands. */
  fault: FermataError | undefined;
  isClosed = false;

  readonly #decisions: DecisionQueue;
  #phase: 'idle' | 'turn' | 'query' = 'idle';
  #eventsApplied = 0;
  #lastDecision: Decision | undefined;
  #nextWaitId = 0;
  #isLive = false;
  readonly #patches = new Map<string, boolean>();

  constructor(
    readonly address: RunAddress,
    readonly host: RunHost,
    /** The patches that the run's history marks. */
    private readonly patchesMarked: ReadonlySet<string>,
  ) {
    this.#decisions = new DecisionQueue(host);
  }

  /** @param isLive the cause is new, not of the log */
  beginTurn(at: EpochMs, { isLive }: { readonly isLive: boolean }): void {
    this.#eventsApplied++;
    this.#isLive = isLive;
    this.now = Math.max(this.now, at);
    this.#phase = 'turn';
  }

  /** @param isWaiting whether anything durable could wake the code again */
  endTurn({ isWaiting }: { readonly isWaiting: boolean }): void {
    this.#phase = 'idle';
    if (!this.isClosed && !isWaiting) this.fault ??= this.#waitsInVain();
  }

  nextWaitId(): WaitId {
    return this.#nextWaitId++;
  }

  /**
   * A run takes the new branch for good when it first comes to the patch with new events, and the old one for good when
   * it comes to it in a replay that marks no such patch.
   */
  patch(id: string): boolean {
    const known = this.#patches.get(id);
    if (known !== undefined) return known;
    const isTaken = this.#isLive || this.patchesMarked.has(id);
    this.#patches.set(id, isTaken);
    if (isTaken) this.decide({ type: 'PatchMarked', version: 1, patchId: id });
    return isTaken;
  }

  get isInQuery(): boolean {
    return this.#phase === 'query';
  }

  asQuery<Result>(read: () => Result): Result {
    this.#phase = 'query';
    try {
      return read();
    } finally {
      this.#phase = 'idle';
    }
  }

  decide(decision: Decision): void {
    // What dangling branches still ask for after the close is of no effect.
    if (this.isClosed) return;
    // Replay could never come to it: no event of the log brings the code there.
    if (this.#phase === 'idle') return this.reportFault(decidedOutsideTurn(decision, this.#lastDecision));
    this.#lastDecision = decision;
    this.#decisions.push(decision);
  }

  match(recorded: Decision): void {
    this.#eventsApplied++;
    if (this.fault) return;
    const asked = this.#decisions.peek();
    if (asked && isSameDecision(recorded, asked)) this.#decisions.shift();
    else this.#diverge(recorded, asked);
  }

  skip(): void {
    this.#eventsApplied++;
  }

  get hasDecisions(): boolean {
    return this.#decisions.peek() !== undefined;
  }

  takeDecisions(): readonly Decision[] {
    return this.#decisions.takeAll();
  }

  /** @throws FermataError when called from a step, from a query, or while no event is being applied */
  assertUsable(call: string): void {
    this.assertOutsideStep(call);
    if (this.#phase === 'turn') return;
    if (this.#phase === 'query') throw contextUsedInQuery(call);
    const fault = contextUsedOutsideTurn(call, this.#lastDecision);
    this.reportFault(fault);
    throw fault;
  }

  /** @throws FermataError when called from a step */
  assertOutsideStep(call: string): void {
    const step = this.host.currentStep();
    if (step !== undefined) throw stepInStep(step, call);
  }

  reportFault(fault: FermataError): void {
    // What a query does wrong is the query's failure; the run has nothing to do with it.
    if (this.fault || this.isClosed || this.#phase === 'query') return;
    this.fault = fault;
    if (this.#phase === 'idle') this.host.faultedBetweenTurns(this.address);
  }

  #waitsInVain(): FermataError {
    const last = this.#lastDecision;
    return foreignPromise(last, last && this.#decisions.siteOf(last));
  }

  #diverge(recorded: Decision, asked: Decision | undefined): void {
    const site = asked && this.#decisions.siteOf(asked);
    this.fault = nondeterminism({ recorded, asked, eventIndex: this.#eventsApplied - 1, site });
  }
}

import {
  absent,
  decodePayload,
  encodePayload,
  estimatePayloadBytes,
  evolve,
  executionNotFound,
  FermataError,
  isCause,
  isClosing,
  isDecision,
  nextRun,
  runPinned,
  toFailure,
  turn,
  WorkflowRun,
  type ClosingEvent,
  type EndOfTurn,
  type EpochMs,
  type ExecutionEvent,
  type ExecutionState,
  type ExecutionTarget,
  type ParentLink,
  type Payload,
  type PendingChild,
  type RegisteredWorkflow,
  type RunHost,
  type RunId,
  type WorkflowStarted,
} from '@fermata/kernel';
import type { Random } from '../clock/random.js';
import { newUuidV7 } from '../clock/run-id.js';
import type { ExpectedRevision, Revision } from '../event-store/event-store.js';
import type { RevisedEvent } from './history-event.js';

export interface ExecutionMemoryParts {
  readonly target: ExecutionTarget;
  readonly workflows: ReadonlyMap<string, RegisteredWorkflow>;
  readonly host: RunHost;
  readonly random: Random;
  /** The deployment of the user's code that this node runs. */
  readonly buildId: string | undefined;
}

/** What is known of a history before its code is run over it. */
export interface HistoryOutline {
  /** Where the newest run begins. */
  readonly newestStart: Revision;
  /** The patches that the newest run marks. */
  readonly patchesMarked: ReadonlySet<string>;
}

/** What an open execution takes in memory before its first event. */
const bytesAtRest = 2_000;
const bytesPerEvent = 150;

/**
 * An execution in memory: its state and its newest run's code, both where the log left them or one append ahead of it.
 * It belongs to one caller at a time.
 */
export class ExecutionMemory {
  state: ExecutionState = absent;
  run: WorkflowRun | undefined;
  /** Where the stream ends, as far as is known. */
  revision: ExpectedRevision = 'no-stream';
  /** Estimated. */
  bytes = bytesAtRest;

  constructor(private readonly parts: ExecutionMemoryParts) {}

  get runId(): RunId | undefined {
    return this.state.status === 'absent' ? undefined : this.state.started.runId;
  }

  /** Why this node leaves the newest run alone; nothing when it may run it. */
  get pinnedElsewhere(): FermataError | undefined {
    if (this.state.status === 'absent') return undefined;
    const { started } = this.state;
    const { buildId, target } = this.parts;
    const isOwn = !started.pinned || started.buildId === undefined || started.buildId === buildId;
    return isOwn ? undefined : runPinned(target.workflowId, started.buildId ?? '', buildId);
  }

  /** The children that a run left open when it closed. */
  unreleasedOf(runId: RunId): readonly PendingChild[] | undefined {
    return this.state.status === 'absent' ? undefined : this.state.unreleased.get(runId);
  }

  /** All runs that follow one another have the same parent; a new start has none. */
  parentOf(runId: RunId): ParentLink | undefined {
    if (this.state.status === 'absent' || this.state.started.runId !== runId) return undefined;
    return this.state.started.parent;
  }

  /** Applies events of the log, in order. The code of earlier runs isn't run again. */
  async replay(events: readonly RevisedEvent[], outline: HistoryOutline, endOfTurn: EndOfTurn): Promise<void> {
    for (const { event, timestamp, revision } of events) {
      this.#fold(event, timestamp);
      if (event.type === 'WorkflowStarted' && revision === outline.newestStart)
        this.#open(event, outline.patchesMarked);
      const { run } = this;
      if (!run || run.fault) continue;
      if (isCause(event)) await turn(run, event, { at: timestamp, isLive: false, endOfTurn });
      else if (isDecision(event)) run.match(event);
      else run.skip();
    }
  }

  /** What the code decided and the log doesn't hold: left over from a crash, or from before a repair. */
  async takeLeftovers(at: EpochMs, endOfTurn: EndOfTurn): Promise<readonly ExecutionEvent[]> {
    if (this.state.status !== 'running' || !this.run) return [];
    if (!this.state.stuck || this.run.fault) return this.#answerOf(this.run, at, endOfTurn);
    const unstuck: ExecutionEvent = { type: 'WorkflowUnstuck', version: 1 };
    this.#fold(unstuck, at);
    return [unstuck, ...(await this.#answerOf(this.run, at, endOfTurn))];
  }

  /** Nothing is left over: the run stands where the log says. */
  get isLevel(): boolean {
    if (this.state.status !== 'running' || !this.run) return true;
    return !this.state.stuck && !this.run.fault && !this.run.hasDecisions;
  }

  /**
   * Takes a new event ahead of the log, runs the turn that it causes, and answers with it and all that the code decided.
   */
  async advance(event: ExecutionEvent, at: EpochMs, endOfTurn: EndOfTurn): Promise<readonly ExecutionEvent[]> {
    this.#fold(event, at);
    if (event.type === 'WorkflowStarted') this.#open(event, new Set());
    const { run } = this;
    if (!run) return [event];
    if (run.fault) return event.type === 'WorkflowStarted' ? [event, ...this.#markStuck(run.fault, at)] : [event];
    if (!isCause(event)) {
      run.skip();
      return [event];
    }
    await turn(run, event, { at, isLive: true, endOfTurn });
    const answer = this.#answerOf(run, at, endOfTurn);
    // Only a run that another follows has more to wait for.
    return [event, ...(answer instanceof Promise ? await answer : answer)];
  }

  /**
   * Reads the run's live state.
   * @throws FermataError `EXECUTION_NOT_FOUND`, `UNKNOWN_QUERY`, `QUERY_FAILED`; the run's fault when it is stuck
   */
  query(name: string, args: unknown): Payload {
    return this.#usableRun().query(name, decodePayload(encodePayload(args, 'query arguments')));
  }

  /** Why the run's code doesn't take an update; nothing when it does. */
  rejectionOf(name: string, args: Payload): FermataError | undefined {
    try {
      this.#usableRun().validateUpdate(name, args);
      return undefined;
    } catch (error) {
      if (error instanceof FermataError) return error;
      throw error;
    }
  }

  #usableRun(): WorkflowRun {
    if (this.pinnedElsewhere) throw this.pinnedElsewhere;
    if (!this.run) throw executionNotFound(this.parts.target.workflowId);
    if (this.run.fault) throw this.run.fault;
    return this.run;
  }

  /**
   * The code's decisions and, when they close the run and another follows, that run's beginning. What a faulty turn
   * decided is worth nothing; the code decides again once it is mended.
   */
  #answerOf(
    run: WorkflowRun,
    at: EpochMs,
    endOfTurn: EndOfTurn,
  ): readonly ExecutionEvent[] | Promise<readonly ExecutionEvent[]> {
    if (run.fault) return this.#markStuck(run.fault, at);
    const decided = run.takeDecisions();
    for (const event of decided) this.#fold(event, at);
    const closing = decided.at(-1);
    if (this.state.status !== 'closed' || !closing || !isClosing(closing)) return decided;
    const following = this.#following(this.state.started, closing, run, at);
    return following ? this.#followedBy(decided, following, at, endOfTurn) : decided;
  }

  async #followedBy(
    decided: readonly ExecutionEvent[],
    following: WorkflowStarted,
    at: EpochMs,
    endOfTurn: EndOfTurn,
  ): Promise<readonly ExecutionEvent[]> {
    return [...decided, ...(await this.advance(following, at, endOfTurn))];
  }

  #following(
    started: WorkflowStarted,
    closing: ClosingEvent,
    run: WorkflowRun,
    at: EpochMs,
  ): WorkflowStarted | undefined {
    const mayFollow = closing.type === 'WorkflowContinuedAsNew' || started.retry !== undefined;
    if (!mayFollow) return undefined;
    const { random, buildId } = this.parts;
    const untaken = run.untaken();
    return nextRun({ started, closing, at, buildId, runId: newUuidV7(at, random), random: random.next(), untaken });
  }

  #fold(event: ExecutionEvent, at: EpochMs): void {
    this.state = evolve(this.state, event, at);
    this.bytes += bytesPerEvent + payloadBytesOf(event);
  }

  #open(started: WorkflowStarted, patchesMarked: ReadonlySet<string>): void {
    const { target, workflows, host } = this.parts;
    if (this.pinnedElsewhere) {
      this.run = undefined;
      return;
    }
    const { runId, workflowType } = started;
    const workflow = workflows.get(workflowType);
    const address = { ...target, runId, workflowType };
    this.bytes = bytesAtRest;
    this.run = new WorkflowRun(address, workflow ?? unknownWorkflow(workflowType), host, { patchesMarked });
    if (!workflow) this.run.reportFault(unknownWorkflowType(workflowType, [...workflows.keys()]));
  }

  #markStuck(fault: FermataError, at: EpochMs): readonly ExecutionEvent[] {
    if (this.state.status !== 'running' || this.state.stuck?.message === fault.message) return [];
    const event: ExecutionEvent = { type: 'WorkflowStuck', version: 1, failure: toFailure(fault) };
    this.#fold(event, at);
    return [event];
  }
}

function payloadBytesOf(event: ExecutionEvent): number {
  switch (event.type) {
    case 'WorkflowStarted':
      return estimatePayloadBytes(event.input);
    case 'StepSucceeded':
      return estimatePayloadBytes(event.result);
    case 'SignalReceived':
      return estimatePayloadBytes(event.payload);
    case 'UpdateAccepted':
      return estimatePayloadBytes(event.args);
    default:
      return 0;
  }
}

/** Never run: the run that gets it is faulted before its first turn. */
function unknownWorkflow(type: string): RegisteredWorkflow {
  return { type, create: () => ({ run: () => Promise.reject(unknownWorkflowType(type, [])) }) };
}

export function unknownWorkflowType(type: string, known: readonly string[]): FermataError {
  return new FermataError('UNKNOWN_WORKFLOW_TYPE', {
    message: `No workflow of type "${type}" is registered on this node.`,
    fix: known.length === 0 ? 'Register it.' : `Registered are: ${known.join(', ')}.`,
    details: { known },
  });
}

import {
  absent,
  decodePayload,
  encodePayload,
  executionNotFound,
  estimatePayloadBytes,
  evolve,
  FermataError,
  isCause,
  isDecision,
  toFailure,
  WorkflowRun,
  type EndOfTurn,
  type EpochMs,
  type ExecutionEvent,
  type ExecutionState,
  type ExecutionTarget,
  type Payload,
  type RegisteredWorkflow,
  type RunHost,
  type RunId,
  type TimedEvent,
  type WorkflowStarted,
} from '@fermata/kernel';
import type { ExpectedRevision } from '../event-store/event-store.js';

export interface ExecutionMemoryParts {
  readonly target: ExecutionTarget;
  readonly workflows: ReadonlyMap<string, RegisteredWorkflow>;
  readonly host: RunHost;
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

  /** Applies events of the log, in order. */
  async replay(events: Iterable<TimedEvent>, endOfTurn: EndOfTurn): Promise<void> {
    for (const { event, timestamp } of events) {
      this.#fold(event, timestamp);
      const { run } = this;
      if (!run || run.fault) continue;
      if (isCause(event)) await this.#turn(run, event, timestamp, endOfTurn);
      else if (isDecision(event)) run.match(event);
      else run.skip();
    }
  }

  /** What the code decided and the log doesn't hold: left over from a crash, or from before a repair. */
  takeLeftovers(at: EpochMs): readonly ExecutionEvent[] {
    if (this.state.status !== 'running') return [];
    const { run } = this;
    if (run?.fault) return this.#markStuck(run.fault, at);
    if (!run) return [];
    const decided: ExecutionEvent[] = this.state.stuck ? [{ type: 'WorkflowUnstuck', version: 1 }] : [];
    decided.push(...run.takeDecisions());
    for (const event of decided) this.#fold(event, at);
    return decided;
  }

  /**
   * Takes a new event ahead of the log, runs the turn that it causes, and answers with it and all that the code decided.
   */
  async advance(event: ExecutionEvent, at: EpochMs, endOfTurn: EndOfTurn): Promise<readonly ExecutionEvent[]> {
    this.#fold(event, at);
    const { run } = this;
    if (!run || run.fault) return event.type === 'WorkflowStarted' ? [event, ...this.takeLeftovers(at)] : [event];
    if (!isCause(event)) {
      run.skip();
      return [event];
    }
    await this.#turn(run, event, at, endOfTurn);
    return [event, ...this.#takeTurn(run, at)];
  }

  /**
   * Reads the run's live state.
   * @throws FermataError `EXECUTION_NOT_FOUND`, `UNKNOWN_QUERY`, `QUERY_FAILED`
   */
  query(name: string, args: unknown): Payload {
    if (!this.run) throw executionNotFound(this.parts.target.workflowId);
    return this.run.query(name, decodePayload(encodePayload(args, 'query arguments')));
  }

  #takeTurn(run: WorkflowRun, at: EpochMs): readonly ExecutionEvent[] {
    // What a faulty turn decided is worth nothing; the code decides again once it is mended.
    if (run.fault) return this.#markStuck(run.fault, at);
    const decided = run.takeDecisions();
    for (const event of decided) this.#fold(event, at);
    return decided;
  }

  async #turn(run: WorkflowRun, event: Parameters<WorkflowRun['beginTurn']>[0], at: EpochMs, endOfTurn: EndOfTurn) {
    run.beginTurn(event, at);
    await endOfTurn();
    run.endTurn();
  }

  #fold(event: ExecutionEvent, at: EpochMs): void {
    this.state = evolve(this.state, event, at);
    this.bytes += bytesPerEvent + payloadBytesOf(event);
    if (event.type === 'WorkflowStarted') this.#open(event);
  }

  #open(started: WorkflowStarted): void {
    const { target, workflows, host } = this.parts;
    const { runId, workflowType } = started;
    const workflow = workflows.get(workflowType);
    this.bytes = bytesAtRest;
    this.run = new WorkflowRun({ ...target, runId, workflowType }, workflow ?? unknownWorkflow(workflowType), host);
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

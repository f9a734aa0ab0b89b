import type { EpochMs } from '../duration/duration.js';
import { invariant } from '../errors/invariant.js';
import { toFailure } from '../errors/to-failure.js';
import {
  isCause,
  isDecision,
  type Bookkeeping,
  type Cause,
  type Decision,
  type ExecutionEvent,
  type StepId,
  type TimedEvent,
  type TimerId,
} from '../execution/events.js';
import { fold } from '../execution/evolve.js';
import type { PendingStep, RunningExecution } from '../execution/state.js';
import { encodePayload } from '../payload/encode.js';
import type { StepContext } from '../workflow/context.js';
import type { RegisteredWorkflow, WorkflowCode } from '../workflow/registered-workflow.js';
import { replay } from './replay.js';
import { turn } from './turn.js';
import type { RunAddress } from './run-address.js';
import { bareHost, type RunHost } from './run-host.js';
import { WorkflowRun } from './workflow-run.js';

export type WorkflowBody = WorkflowCode['run'];

export interface RehearsalOptions {
  readonly input?: unknown;
  readonly host?: RunHost;
}

/** A run brought back from a history: what it decided beyond it, and the run itself. */
export interface ColdRun {
  readonly run: WorkflowRun;
  readonly leftover: readonly Decision[];
}

export interface ColdRunOptions {
  /** Other code than that which wrote the history. */
  readonly body?: WorkflowBody;
  readonly events?: readonly TimedEvent[];
  readonly host?: RunHost;
}

export const startedAt: EpochMs = 1_700_000_000_000;
const betweenCausesMs = 1_000;

const address: RunAddress = {
  namespace: 'default',
  workflowId: 'order-1',
  runId: '01890a5d-ac96-774b-bcce-b302099a8057',
  workflowType: 'rehearsed',
};

/**
 * Plays the owner of one run for specs: applies causes, takes the decisions, keeps the history, and brings the run back
 * cold from it. The clock moves by a second from cause to cause.
 */
export class Rehearsal {
  readonly history: TimedEvent[] = [];
  readonly run: WorkflowRun;
  #now = startedAt - betweenCausesMs;

  private constructor(
    private readonly workflow: RegisteredWorkflow,
    host: RunHost,
  ) {
    this.run = new WorkflowRun(address, workflow, host);
  }

  static begin(body: WorkflowBody, options: RehearsalOptions = {}): Promise<Rehearsal> {
    return Rehearsal.beginWorkflow(workflowOf(body), options);
  }

  static async beginWorkflow(workflow: RegisteredWorkflow, options: RehearsalOptions = {}): Promise<Rehearsal> {
    const rehearsal = new Rehearsal(workflow, options.host ?? bareHost);
    const { runId, workflowType } = address;
    await rehearsal.tell({
      type: 'WorkflowStarted',
      version: 1,
      runId,
      workflowType,
      input: encodePayload(options.input),
    });
    return rehearsal;
  }

  /** What the code has decided so far, as the log holds it. */
  get decisions(): readonly Decision[] {
    return this.history.map(({ event }) => event).filter(isDecision);
  }

  /** The last decision: how the run ended, once it has. */
  get ending(): Decision | undefined {
    return this.decisions.at(-1);
  }

  /** What the history says is pending. */
  get pending(): Pick<RunningExecution, 'steps' | 'timers'> {
    const state = fold(this.history);
    return state.status === 'running' ? state : { steps: new Map(), timers: new Map() };
  }

  /** A turn for each cause; what the code decides in it stands right behind it. */
  async tell(...causes: readonly Cause[]): Promise<readonly Decision[]> {
    const decided: Decision[] = [];
    for (const cause of causes) {
      const decisions = await this.#turn(cause);
      this.#record(cause, ...decisions);
      decided.push(...decisions);
    }
    return decided;
  }

  /** The same, but all causes came into the log before anything that the code decided on them. */
  async tellTogether(...causes: readonly Cause[]): Promise<readonly Decision[]> {
    const decided: Decision[] = [];
    for (const cause of causes) {
      decided.push(...(await this.#turn(cause)));
      this.#record(cause);
    }
    this.#record(...decided);
    return decided;
  }

  succeed(name: string, result?: unknown): Promise<readonly Decision[]> {
    return this.tell(this.succeeded(name, result));
  }

  fail(name: string, thrown: unknown): Promise<readonly Decision[]> {
    return this.tell(this.failed(name, thrown));
  }

  /** Moves the clock to when the timer is due, unless it is later already, and fires it. */
  fire(timerId: TimerId): Promise<readonly Decision[]> {
    const dueAt = this.pending.timers.get(timerId);
    invariant(dueAt !== undefined, `timer ${timerId} is not pending`);
    this.#now = Math.max(this.#now, dueAt - betweenCausesMs);
    return this.tell({ type: 'TimerFired', version: 1, timerId });
  }

  signal(name: string, payload?: unknown): Promise<readonly Decision[]> {
    return this.tell({ type: 'SignalReceived', version: 1, name, payload: encodePayload(payload) });
  }

  cancel(reason?: string): Promise<readonly Decision[]> {
    return this.tell({ type: 'CancelRequested', version: 1, ...(reason !== undefined && { reason }) });
  }

  /** Records something that the code never sees. */
  note(event: Bookkeeping): void {
    this.run.skip();
    this.#record(event);
  }

  /** Runs the function of a pending step and tells its outcome. */
  async perform(name: string): Promise<readonly Decision[]> {
    const step = this.run.askedStep(this.#pendingStep(name).stepId);
    invariant(step !== undefined, `step ${name} is not asked for`);
    try {
      return await this.succeed(name, await step.work(stepContext(step.stepId, name)));
    } catch (error) {
      return this.fail(name, error);
    }
  }

  succeeded(name: string, result?: unknown): Cause {
    const { stepId, attempt } = this.#pendingStep(name);
    return { type: 'StepSucceeded', version: 1, stepId, attempt, result: encodePayload(result), durationMs: 5 };
  }

  failed(name: string, thrown: unknown): Cause {
    const { stepId, attempt } = this.#pendingStep(name);
    return { type: 'StepFailed', version: 1, stepId, attempt, failure: toFailure(thrown), durationMs: 5 };
  }

  /** Brings the run back from its history, or from a part of it, or with other code. */
  async replayCold({ body, events = this.history, host = bareHost }: ColdRunOptions = {}): Promise<ColdRun> {
    const run = new WorkflowRun(address, body ? workflowOf(body) : this.workflow, host);
    await replay(run, events, endOfTurn);
    return { run, leftover: run.takeDecisions() };
  }

  /** What the code decides when it is told the causes of the history and nothing else. */
  async decideCold(): Promise<readonly Decision[]> {
    const { leftover } = await this.replayCold({ events: this.history.filter(({ event }) => isCause(event)) });
    return leftover;
  }

  async #turn(cause: Cause): Promise<readonly Decision[]> {
    this.#now += betweenCausesMs;
    await turn(this.run, cause, { at: this.#now, isLive: true, endOfTurn });
    // What a faulty turn decided is worth nothing.
    return this.run.fault ? [] : this.run.takeDecisions();
  }

  #record(...events: readonly ExecutionEvent[]): void {
    this.history.push(...events.map((event) => ({ event, timestamp: this.#now })));
  }

  #pendingStep(name: string): PendingStep & { readonly stepId: StepId } {
    for (const [stepId, step] of this.pending.steps) if (step.name === name) return { stepId, ...step };
    invariant(false, `step ${name} is not pending`);
  }
}

/** Events without the stacks of their failures, which tell by which way the code was reached. */
export function withoutStacks(events: readonly ExecutionEvent[]): unknown {
  return JSON.parse(JSON.stringify(events, (key, value: unknown) => (key === 'stack' ? undefined : value)));
}

/** Resolves at the end of a turn: `process.nextTick` called from a microtask runs when no microtask is left. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => {
      process.nextTick(resolve);
    });
  });
}

export function workflowOf(body: WorkflowBody): RegisteredWorkflow {
  return { type: address.workflowType, create: () => ({ run: body }) };
}

/** What a step's function gets from a node that does nothing for it. */
export function stepContext(stepId: StepId, name: string): StepContext {
  const { workflowId, runId } = address;
  const { signal } = new AbortController();
  return {
    idempotencyKey: `${runId}/${stepId}`,
    attempt: 1,
    signal,
    name,
    stepId,
    workflowId,
    runId,
    token: '',
    lastHeartbeat: undefined,
    heartbeat: () => undefined,
    completeLater: () => {
      throw new Error('nobody completes steps here');
    },
  };
}

import {
  decodePayload,
  FermataError,
  toFailure,
  type ChildNews,
  type ChildRequested,
  type ClosingEvent,
  type ExecutionTarget,
  type ParentLink,
  type PendingChild,
  type RunId,
  type WorkflowContinuedAsNew,
} from '@fermata/kernel';
import { CancelWorkflow } from '../commands/cancel-workflow.js';
import type { Dispatch } from '../commands/command.js';
import { ReleaseChildren } from '../commands/release-children.js';
import { ReportChild } from '../commands/report-child.js';
import { StartWorkflow } from '../commands/start-workflow.js';
import { TerminateWorkflow } from '../commands/terminate-workflow.js';
import { toOutcome, type ClosedOutcome } from '../results/closed-outcome.js';
import { deliver, type DeliveryParts } from './deliver.js';

export interface ChildrenParts extends DeliveryParts {
  readonly dispatch: () => Dispatch;
  /** How a run ended, if it has. */
  readonly outcomeOf: (target: ExecutionTarget, runId: RunId) => Promise<ClosedOutcome | undefined>;
}

/** A run in its stream: the parent whose child is meant. */
export interface ParentRun {
  readonly target: ExecutionTarget;
  readonly runId: RunId;
}

/**
 * Carries messages between parents and their children. Each of them may be sent more than once and counts once: starts by
 * their request ID, news by the parent's state.
 */
export class Children {
  constructor(private readonly parts: ChildrenParts) {}

  /** Starts a child, or finds it started, and tells the parent; for one that has closed by now, that too. */
  start(parent: ParentRun, requested: ChildRequested): void {
    this.#inBackground(() => this.#start(parent, requested));
  }

  /** Asks a child to end, and tells the parent that it is asked, where that waits for it. */
  cancel(parent: ParentRun, { requested, cancelDelivery }: PendingChild): void {
    this.#inBackground(async () => {
      await this.#end(parent, requested, 'cancel', 'its parent asked for it');
      if (cancelDelivery === 'awaited') await this.#report(parent, requested.childId, { kind: 'cancel-delivered' });
    });
  }

  /** Tells a closed run's parent, if it has one. */
  closed(
    target: ExecutionTarget,
    runId: RunId,
    parent: ParentLink,
    closing: Exclude<ClosingEvent, WorkflowContinuedAsNew>,
  ): void {
    const { runId: closedRunId, ...outcome } = toOutcome(runId, closing);
    const to: ParentRun = { target: { ...target, workflowId: parent.workflowId }, runId: parent.runId };
    this.#inBackground(() => this.#report(to, parent.childId, { kind: 'closed', runId: closedRunId, outcome }));
  }

  /** Deals with what was open when the parent closed, as the policies say. */
  release(parent: ParentRun, children: Iterable<PendingChild>): void {
    const pending = [...children];
    this.#inBackground(async () => {
      await Promise.all(pending.map(({ requested }) => this.#release(parent, requested)));
      await deliver(this.parts, () => this.#dispatch(new ReleaseChildren(parent.target, parent.runId)));
    });
  }

  async #start(parent: ParentRun, requested: ChildRequested): Promise<void> {
    const target = this.#targetOf(parent, requested);
    try {
      const started = await deliver(this.parts, () => this.parts.dispatch()(toStart(target, parent, requested)));
      if (!started) return;
      const { runId, created } = started.answer;
      await this.#report(parent, requested.childId, { kind: 'started', runId });
      const outcome = created ? undefined : await this.parts.outcomeOf(target, runId);
      if (!outcome) return;
      const { runId: lastRunId, ...ended } = outcome;
      await this.#report(parent, requested.childId, { kind: 'closed', runId: lastRunId, outcome: ended });
    } catch (error) {
      if (!(error instanceof FermataError)) throw error;
      await this.#report(parent, requested.childId, { kind: 'start-failed', failure: toFailure(error) });
    }
  }

  async #release(parent: ParentRun, requested: ChildRequested): Promise<void> {
    const { parentClosePolicy } = requested;
    if (parentClosePolicy !== 'abandon') await this.#end(parent, requested, parentClosePolicy, 'its parent has closed');
  }

  async #end(parent: ParentRun, requested: ChildRequested, how: 'cancel' | 'terminate', reason: string): Promise<void> {
    const target = this.#targetOf(parent, requested);
    const command =
      how === 'cancel' ? new CancelWorkflow(target, { reason }) : new TerminateWorkflow(target, { reason });
    try {
      // It may be about to start: the start's repeat makes sure that it is there, and is this parent's.
      const started = await deliver(this.parts, () => this.parts.dispatch()(toStart(target, parent, requested)));
      if (started) await deliver(this.parts, () => this.#dispatch(command));
    } catch (error) {
      // Closed already, or never begun.
      if (!(error instanceof FermataError)) throw error;
    }
  }

  async #report(parent: ParentRun, childId: number, news: ChildNews): Promise<void> {
    const command = new ReportChild(parent.target, { runId: parent.runId, childId, news });
    await deliver(this.parts, () => this.#dispatch(command));
  }

  #dispatch(command: ReportChild | ReleaseChildren | CancelWorkflow | TerminateWorkflow): Promise<unknown> {
    return this.parts.dispatch()(command);
  }

  #targetOf({ target }: ParentRun, { workflowId }: ChildRequested): ExecutionTarget {
    return { namespace: target.namespace, workflowId };
  }

  #inBackground(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!this.parts.isStopped()) this.parts.logger.error({ err: error }, 'message between executions failed');
    });
  }
}

function toStart(
  target: ExecutionTarget,
  { target: { workflowId }, runId }: ParentRun,
  requested: ChildRequested,
): StartWorkflow {
  const { childId, workflowType, input, retry, runTimeoutMs, executionTimeoutMs } = requested;
  return new StartWorkflow(target, workflowType, decodePayload(input), {
    requestId: `${runId}:${childId}`,
    parent: { workflowId, runId, childId },
    ...(retry && { retry }),
    ...(runTimeoutMs !== undefined && { runTimeout: runTimeoutMs }),
    ...(executionTimeoutMs !== undefined && { executionTimeout: executionTimeoutMs }),
  });
}

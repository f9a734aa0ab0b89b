import type { Failure } from '../errors/failure.js';
import type { ChildId, ChildOutcome, RunId } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { accept, type Verdict } from '../execution/verdict.js';

/** What became of a child, as its parent is told. */
export type ChildNews =
  | { readonly kind: 'started'; readonly runId: RunId }
  | { readonly kind: 'start-failed'; readonly failure: Failure }
  | { readonly kind: 'cancel-delivered' }
  | { readonly kind: 'closed'; readonly runId: RunId; readonly outcome: ChildOutcome };

export interface ChildReport {
  /** The parent's run. */
  readonly runId: RunId;
  readonly childId: ChildId;
  readonly news: ChildNews;
}

/** News of a child that the parent doesn't wait for, or has heard already, are of no effect. */
export function decideChildReport(state: ExecutionState, { runId, childId, news }: ChildReport): Verdict {
  if (state.status !== 'running' || state.started.runId !== runId) return accept();
  const pending = state.children.get(childId);
  if (!pending) return accept();
  switch (news.kind) {
    case 'started':
      if (pending.runId !== undefined) return accept();
      return accept({ type: 'ChildStarted', version: 1, childId, runId: news.runId });
    case 'start-failed':
      if (pending.runId !== undefined) return accept();
      return accept({ type: 'ChildStartFailed', version: 1, childId, failure: news.failure });
    case 'cancel-delivered':
      if (pending.cancelDelivery !== 'awaited') return accept();
      return accept({ type: 'ChildCancelDelivered', version: 1, childId });
    case 'closed':
      return accept({ type: 'ChildClosed', version: 1, childId, runId: news.runId, outcome: news.outcome });
  }
}

/** Notes that the children that a run left open have been dealt with. */
export function decideChildrenReleased(state: ExecutionState, runId: RunId): Verdict {
  if (state.status === 'absent' || !state.unreleased.has(runId)) return accept();
  return accept({ type: 'ChildrenReleased', version: 1, runId });
}

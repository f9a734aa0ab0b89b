import type { Failure, HistoryEventView } from '@fermata/sdk';
import type { Approval } from '../approval.js';
import type { Receipt } from '../receipt.js';

/** How an order ended, with all that its run recorded. */
export interface ClosedRun {
  readonly orderId: string;
  readonly outcome:
    | { readonly status: 'completed'; readonly receipt: Receipt }
    | { readonly status: 'failed'; readonly failure: Failure };
  readonly history: readonly HistoryEventView[];
}

/** What the engine process tells. */
export type EngineMessage =
  /** It is about to open the store. */
  | { readonly type: 'opening'; readonly at: number }
  /** Every start is durable. */
  | { readonly type: 'started' }
  | { readonly type: 'approved'; readonly orderId: string }
  | { readonly type: 'closed'; readonly run: ClosedRun }
  | { readonly type: 'failed'; readonly message: string };

/** What the engine process is told. */
export type EngineOrder =
  { readonly type: 'approve'; readonly orderId: string; readonly approval: Approval } | { readonly type: 'stop' };

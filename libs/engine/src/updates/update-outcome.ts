import type { Failure, Payload, RunId } from '@fermata/kernel';

/** How an update's handler ended. */
export type UpdateOutcome =
  | { readonly runId: RunId; readonly status: 'completed'; readonly result: Payload }
  | { readonly runId: RunId; readonly status: 'failed'; readonly failure: Failure };

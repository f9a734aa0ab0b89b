/** UUIDv7: one pass of an execution from start to close. */
export type RunId = string;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type StepId = number;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type TimerId = number;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type WaitId = number;
/** Counts from 0 in each run, in the order in which workflow code asked. */
export type ChildId = number;
/** Given by the caller, or a UUID; unique in a run. */
export type UpdateId = string;

/** Which child of which run an execution is. */
export interface ParentLink {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly childId: ChildId;
}

/** What becomes of a child when its parent closes first. */
export const parentClosePolicies = ['terminate', 'cancel', 'abandon'] as const;
export type ParentClosePolicy = (typeof parentClosePolicies)[number];

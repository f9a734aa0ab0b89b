/** The workflows of W7, known to the process that drives and to the one that is killed. */
export const recoveryPlan = { workflows: 200, steps: 10, stepMs: 50 } as const;

export const recoveryIds: readonly string[] = Array.from(
  { length: recoveryPlan.workflows },
  (_, index) => `recovered-${index}`,
);

/** What the engine process is told, as its one argument. */
export interface RecoveryOrder {
  /** Start the workflows, or wait for those that are there. */
  readonly task: 'start' | 'finish';
  readonly folder: string;
  readonly ledger: string;
}

/** What the engine process says: it is ready for work, or all workflows have completed. */
export type RecoveryMessage = 'ready' | 'complete';

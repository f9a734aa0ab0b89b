import type { ExecutionTarget, RunId } from '@fermata/kernel';

/** Notes that a closed run's children have been dealt with as their policies say. The engine sends it. */
export class ReleaseChildren {
  constructor(
    readonly target: ExecutionTarget,
    readonly runId: RunId,
  ) {}
}

import type { ExecutionTarget, FireTimerRequest } from '@fermata/kernel';

/** Fires a timer that is due. The engine sends it; one that is early or repeated has no effect. */
export class FireTimer {
  constructor(
    readonly target: ExecutionTarget,
    readonly request: FireTimerRequest,
  ) {}
}

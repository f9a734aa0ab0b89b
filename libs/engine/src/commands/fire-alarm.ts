import type { AlarmRequest, ExecutionTarget } from '@fermata/kernel';

/** Lets a delayed run begin, or times a run out. The engine sends it; one that is early or repeated has no effect. */
export class FireAlarm {
  constructor(
    readonly target: ExecutionTarget,
    readonly request: AlarmRequest,
  ) {}
}

import type { ExecutionTarget, StepProgressReport } from '@fermata/kernel';

/** Records how an attempt comes along: begun, handed out, or so far. The engine sends it. */
export class RecordStepProgress {
  constructor(
    readonly target: ExecutionTarget,
    readonly report: StepProgressReport,
  ) {}
}

import type { ExecutionTarget, StepOutcomeReport } from '@fermata/kernel';

/** Records how an attempt of a step ended. The engine sends it; a report that is late or repeated has no effect. */
export class RecordStepOutcome {
  constructor(
    readonly target: ExecutionTarget,
    readonly report: StepOutcomeReport,
  ) {}
}

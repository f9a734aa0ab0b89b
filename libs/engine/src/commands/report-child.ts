import type { ChildReport, ExecutionTarget } from '@fermata/kernel';

/** Tells a parent what became of its child. The engine sends it; one that is late or repeated has no effect. */
export class ReportChild {
  constructor(
    /** The parent. */
    readonly target: ExecutionTarget,
    readonly report: ChildReport,
  ) {}
}

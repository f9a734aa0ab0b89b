import type { ClosedOutcome, ResultOptions } from '@fermata/engine';
import type { ExecutionTarget } from '@fermata/kernel';
import { Query } from '@nestjs/cqrs';

/** Waits for a run to close, and asks how it did; nothing when it is still open after `options.waitMs`. */
export class AwaitResult extends Query<ClosedOutcome | undefined> {
  constructor(
    readonly target: ExecutionTarget,
    readonly options: ResultOptions = {},
  ) {
    super();
  }
}

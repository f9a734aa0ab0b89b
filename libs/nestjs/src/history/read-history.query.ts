import type { HistoryOptions, HistoryPage } from '@fermata/engine';
import type { ExecutionTarget } from '@fermata/kernel';
import { Query } from '@nestjs/cqrs';

/** Asks for events of one run, as they are in the log. */
export class ReadHistory extends Query<HistoryPage> {
  constructor(
    readonly target: ExecutionTarget,
    readonly options: HistoryOptions = {},
  ) {
    super();
  }
}

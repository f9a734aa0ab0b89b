import type { ExecutionDescription, ReadAt } from '@fermata/engine';
import type { ExecutionTarget } from '@fermata/kernel';
import { Query } from '@nestjs/cqrs';

/** Asks for one run, whole. */
export class DescribeExecution extends Query<ExecutionDescription> {
  constructor(
    readonly target: ExecutionTarget,
    readonly at: ReadAt = {},
  ) {
    super();
  }
}

import type { ExecutionTarget, Payload } from '@fermata/kernel';
import { Query } from '@nestjs/cqrs';

/** Reads the live state of a run. */
export class QueryWorkflow extends Query<Payload> {
  constructor(
    readonly target: ExecutionTarget,
    readonly name: string,
    readonly args: unknown,
  ) {
    super();
  }
}

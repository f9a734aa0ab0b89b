import type { ReadAt, Span } from '@fermata/engine';
import type { ExecutionTarget } from '@fermata/kernel';
import { Query } from '@nestjs/cqrs';

/** Asks what one run did, as spans. */
export class ReadTrace extends Query<readonly Span[]> {
  constructor(
    readonly target: ExecutionTarget,
    readonly at: ReadAt = {},
  ) {
    super();
  }
}

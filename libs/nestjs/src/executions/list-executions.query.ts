import type { ExecutionList, ListOptions, Position } from '@fermata/engine';
import { Query } from '@nestjs/cqrs';

/** Asks for a page of a namespace's runs. */
export class ListExecutions extends Query<ExecutionList> {
  constructor(readonly options: ListOptions & { readonly position?: Position }) {
    super();
  }
}

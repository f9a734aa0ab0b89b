import { QueryHandler, type IQueryHandler, type QueryResult } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { ListExecutions } from './list-executions.query.js';

@QueryHandler(ListExecutions)
export class ListExecutionsHandler implements IQueryHandler<ListExecutions> {
  constructor(private readonly node: FermataNode) {}

  execute(query: ListExecutions): Promise<QueryResult<ListExecutions>> {
    return this.node.engine.views.list(query.options);
  }
}

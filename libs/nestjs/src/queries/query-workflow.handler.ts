import { QueryHandler, type IQueryHandler, type QueryResult } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { QueryWorkflow } from './query-workflow.query.js';

@QueryHandler(QueryWorkflow)
export class QueryWorkflowHandler implements IQueryHandler<QueryWorkflow> {
  constructor(private readonly node: FermataNode) {}

  execute(query: QueryWorkflow): Promise<QueryResult<QueryWorkflow>> {
    return this.node.engine.query(query.target, query.name, query.args);
  }
}

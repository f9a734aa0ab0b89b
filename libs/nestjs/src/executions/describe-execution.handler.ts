import { QueryHandler, type IQueryHandler, type QueryResult } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { DescribeExecution } from './describe-execution.query.js';

@QueryHandler(DescribeExecution)
export class DescribeExecutionHandler implements IQueryHandler<DescribeExecution> {
  constructor(private readonly node: FermataNode) {}

  execute(query: DescribeExecution): Promise<QueryResult<DescribeExecution>> {
    return this.node.engine.views.describe(query.target, query.at);
  }
}

import { QueryHandler, type IQueryHandler, type QueryResult } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { AwaitResult } from './await-result.query.js';

@QueryHandler(AwaitResult)
export class AwaitResultHandler implements IQueryHandler<AwaitResult> {
  constructor(private readonly node: FermataNode) {}

  execute(query: AwaitResult): Promise<QueryResult<AwaitResult>> {
    return this.node.engine.results.wait(query.target, query.options);
  }
}

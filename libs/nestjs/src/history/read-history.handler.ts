import { QueryHandler, type IQueryHandler, type QueryResult } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { ReadHistory } from './read-history.query.js';

@QueryHandler(ReadHistory)
export class ReadHistoryHandler implements IQueryHandler<ReadHistory> {
  constructor(private readonly node: FermataNode) {}

  execute(query: ReadHistory): Promise<QueryResult<ReadHistory>> {
    return this.node.engine.views.history(query.target, query.options);
  }
}

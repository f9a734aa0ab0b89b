import { QueryHandler, type IQueryHandler, type QueryResult } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { ReadTrace } from './read-trace.query.js';

@QueryHandler(ReadTrace)
export class ReadTraceHandler implements IQueryHandler<ReadTrace> {
  constructor(private readonly node: FermataNode) {}

  execute(query: ReadTrace): Promise<QueryResult<ReadTrace>> {
    return this.node.engine.views.trace(query.target, query.at);
  }
}

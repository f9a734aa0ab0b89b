import type { RegisteredWorkflow } from '@fermata/kernel';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';
import { ListWorkflowTypes } from './list-workflow-types.query.js';

@QueryHandler(ListWorkflowTypes)
export class ListWorkflowTypesHandler implements IQueryHandler<ListWorkflowTypes> {
  constructor(private readonly node: FermataNode) {}

  async execute(): Promise<readonly RegisteredWorkflow[]> {
    return [...this.node.engine.workflows.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  }
}

import { StartWorkflow, type Committed } from '@fermata/engine';
import type { StartAnswer } from '@fermata/kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(StartWorkflow)
export class StartWorkflowHandler implements ICommandHandler<StartWorkflow, Committed<StartAnswer>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: StartWorkflow): Promise<Committed<StartAnswer>> {
    return this.node.engine.executions.start(command);
  }
}

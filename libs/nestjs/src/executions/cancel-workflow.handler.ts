import { CancelWorkflow, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(CancelWorkflow)
export class CancelWorkflowHandler implements ICommandHandler<CancelWorkflow, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: CancelWorkflow): Promise<Committed<void>> {
    return this.node.engine.executions.cancel(command);
  }
}

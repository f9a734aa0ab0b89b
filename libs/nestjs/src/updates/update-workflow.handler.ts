import { UpdateWorkflow, type Committed, type UpdateOutcome } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(UpdateWorkflow)
export class UpdateWorkflowHandler implements ICommandHandler<UpdateWorkflow, Committed<UpdateOutcome>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: UpdateWorkflow): Promise<Committed<UpdateOutcome>> {
    return this.node.engine.executions.update(command);
  }
}

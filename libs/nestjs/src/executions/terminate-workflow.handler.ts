import { TerminateWorkflow, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(TerminateWorkflow)
export class TerminateWorkflowHandler implements ICommandHandler<TerminateWorkflow, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: TerminateWorkflow): Promise<Committed<void>> {
    return this.node.engine.executions.terminate(command);
  }
}

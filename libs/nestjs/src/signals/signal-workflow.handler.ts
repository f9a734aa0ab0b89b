import { SignalWorkflow, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(SignalWorkflow)
export class SignalWorkflowHandler implements ICommandHandler<SignalWorkflow, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: SignalWorkflow): Promise<Committed<void>> {
    return this.node.engine.executions.signal(command);
  }
}

import { CompleteStep, type Committed } from '@fermata/engine';
import type { StepProgressAnswer } from '@fermata/kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(CompleteStep)
export class CompleteStepHandler implements ICommandHandler<CompleteStep, Committed<StepProgressAnswer>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: CompleteStep): Promise<Committed<StepProgressAnswer>> {
    return this.node.engine.executions.completeStep(command);
  }
}

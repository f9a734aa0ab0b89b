import { RecordStepProgress, type Committed } from '@fermata/engine';
import type { StepProgressAnswer } from '@fermata/kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(RecordStepProgress)
export class RecordStepProgressHandler implements ICommandHandler<RecordStepProgress, Committed<StepProgressAnswer>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: RecordStepProgress): Promise<Committed<StepProgressAnswer>> {
    return this.node.engine.executions.recordStepProgress(command);
  }
}

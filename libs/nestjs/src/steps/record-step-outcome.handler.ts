import { RecordStepOutcome, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(RecordStepOutcome)
export class RecordStepOutcomeHandler implements ICommandHandler<RecordStepOutcome, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: RecordStepOutcome): Promise<Committed<void>> {
    return this.node.engine.executions.recordStepOutcome(command);
  }
}

import { ReportChild, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(ReportChild)
export class ReportChildHandler implements ICommandHandler<ReportChild, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: ReportChild): Promise<Committed<void>> {
    return this.node.engine.executions.reportChild(command);
  }
}

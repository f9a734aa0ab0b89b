import { ReleaseChildren, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(ReleaseChildren)
export class ReleaseChildrenHandler implements ICommandHandler<ReleaseChildren, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: ReleaseChildren): Promise<Committed<void>> {
    return this.node.engine.executions.releaseChildren(command);
  }
}

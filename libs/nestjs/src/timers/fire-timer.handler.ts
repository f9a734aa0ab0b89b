import { FireTimer, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(FireTimer)
export class FireTimerHandler implements ICommandHandler<FireTimer, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: FireTimer): Promise<Committed<void>> {
    return this.node.engine.executions.fireTimer(command);
  }
}

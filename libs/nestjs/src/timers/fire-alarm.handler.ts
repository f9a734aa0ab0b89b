import { FireAlarm, type Committed } from '@fermata/engine';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(FireAlarm)
export class FireAlarmHandler implements ICommandHandler<FireAlarm, Committed<void>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: FireAlarm): Promise<Committed<void>> {
    return this.node.engine.executions.fireAlarm(command);
  }
}

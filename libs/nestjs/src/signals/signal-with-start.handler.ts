import { SignalWithStart, type Committed } from '@fermata/engine';
import type { StartAnswer } from '@fermata/kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FermataNode } from '../engine/fermata-node.js';

@CommandHandler(SignalWithStart)
export class SignalWithStartHandler implements ICommandHandler<SignalWithStart, Committed<StartAnswer>> {
  constructor(private readonly node: FermataNode) {}

  execute(command: SignalWithStart): Promise<Committed<StartAnswer>> {
    return this.node.engine.executions.signalWithStart(command);
  }
}

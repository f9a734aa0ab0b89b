import {
  directDispatch,
  Engine,
  RecordStepOutcome,
  type Clock,
  type Command,
  type Dispatch,
  type EventStore,
  type Logger,
  type ReadModel,
} from '@fermata/engine';
import type { RegisteredWorkflow } from '@fermata/kernel';
import type { Dice } from './dice.js';
import type { Faults } from './faults.js';
import { FaultyEventStore } from './faulty-event-store.js';
import { Lifeline } from './lifeline.js';

export interface NodeParts {
  readonly name: string;
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly logger: Logger;
  /** The user's code as it is deployed to a process that hangs on that lifeline. */
  readonly workflowsOn: (lifeline: Lifeline) => readonly RegisteredWorkflow[];
}

/** One process of the engine, which can be killed at any of its waits. */
export class SimulatedNode {
  readonly engine: Engine;
  readonly #lifeline = new Lifeline();
  readonly #parts: NodeParts;
  readonly #straight: (command: Command) => Promise<unknown>;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    const { name: node, store, readModel, dice, faults, logger } = parts;
    const lifeline = this.#lifeline;
    const clock = lifeline.clockOf(parts.clock);
    this.engine = new Engine({
      node,
      // What an append or a read takes goes on when its process has died; only the answer no longer arrives.
      store: new FaultyEventStore({ store, clock: parts.clock, dice: dice.fork('store'), faults, lifeline }),
      readModel,
      clock,
      random: dice.fork('random'),
      logger,
      workflows: parts.workflowsOn(lifeline),
      dispatch: ((command: Command) => this.#dispatch(command)) as Dispatch,
    });
    this.#straight = directDispatch(this.engine.executions) as (command: Command) => Promise<unknown>;
  }

  get name(): string {
    return this.#parts.name;
  }

  get readModel(): ReadModel {
    return this.#parts.readModel;
  }

  start(): void {
    this.engine.start().catch((error: unknown) => this.#parts.logger.error({ err: error }, 'node did not start'));
  }

  kill(): void {
    this.#lifeline.cut();
  }

  #dispatch(command: Command): Promise<unknown> {
    const { clock, dice, faults } = this.#parts;
    if (command instanceof RecordStepOutcome && dice.happens(faults.duplicateOutcome)) {
      clock.after(dice.between(0, 500), () => {
        if (!this.#lifeline.isCut) this.#straight(command).catch(() => undefined);
      });
    }
    return this.#straight(command);
  }
}

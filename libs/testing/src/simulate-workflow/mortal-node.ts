import {
  directDispatch,
  Engine,
  FireTimer,
  RecordStepOutcome,
  silentLogger,
  type Clock,
  type Command,
  type Dispatch,
  type EventStore,
  type ReadModel,
} from '@fermata/engine';
import { toMillis, type RegisteredWorkflow } from '@fermata/kernel';
import type { Dice } from '../simulation/dice.js';
import { noFaults } from '../simulation/faults.js';
import { Lifeline } from '../simulation/lifeline.js';
import { DoomedEventStore } from './doomed-event-store.js';
import type { StepCalls } from './step-calls.js';

export interface MortalNodeParts {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly workflows: readonly RegisteredWorkflow[];
  readonly calls: StepCalls;
  /** Asked before each append; says no once the node is to die instead. */
  readonly mayAppend: (node: MortalNode) => boolean;
}

/** What happened is reported so much later at most, so that reports overtake one another. */
const deliveryMsMax = 50;
const deliveredTwice = 0.3;
const secondDeliveryMsMax = 500;
/** Nothing leaves memory, and no wake-up waits outside of it: a crash does both, and more. */
const never = toMillis('1000 years');

/** One process of the engine with the user's workflow, which is to be killed. */
export class MortalNode {
  readonly engine: Engine;
  readonly #lifeline = new Lifeline();
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #deliver: (command: Command) => Promise<unknown>;

  constructor({ store, readModel, clock, dice, workflows, calls, mayAppend }: MortalNodeParts) {
    const lifeline = this.#lifeline;
    this.#clock = lifeline.clockOf(clock);
    this.#dice = dice.fork('deliveries');
    this.engine = new Engine({
      store: new DoomedEventStore({ store, clock, dice: dice.fork('store'), faults: noFaults, lifeline }, () =>
        mayAppend(this),
      ),
      readModel,
      clock: this.#clock,
      random: dice.fork('random'),
      logger: silentLogger,
      workflows,
      stepFunction: calls.on(lifeline),
      limits: { runIdleMs: never, wakeUpHorizonMs: never },
      dispatch: ((command: Command) => lifeline.pass(this.#dispatch(command))) as Dispatch,
    });
    this.#deliver = directDispatch(this.engine.executions) as (command: Command) => Promise<unknown>;
  }

  kill(): void {
    this.#lifeline.cut();
  }

  async #dispatch(command: Command): Promise<unknown> {
    if (!(command instanceof RecordStepOutcome || command instanceof FireTimer)) return this.#deliver(command);
    if (this.#dice.happens(deliveredTwice)) {
      this.#clock.after(this.#dice.between(0, secondDeliveryMsMax), () => {
        // It comes too late for everything, and must change nothing.
        this.#deliver(command).catch(() => undefined);
      });
    }
    const delayMs = this.#dice.between(0, deliveryMsMax);
    await new Promise<void>((resolve) => void this.#clock.after(delayMs, resolve));
    return this.#deliver(command);
  }
}

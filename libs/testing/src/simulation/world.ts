import {
  createRunHost,
  installDeterminism,
  silentLogger,
  type Engine,
  type ReadModel,
  type StoredEvent,
} from '@fermata/engine';
import { streamIdOf, type Millis, type RegisteredWorkflow, type StepContext } from '@fermata/kernel';
import { openSqliteReadModel } from '@fermata/store-sqlite';
import type { InMemoryEventStore } from '../in-memory-event-store.js';
import { openInMemoryEventStore } from '../in-memory-event-store.js';
import { VirtualClock } from '../virtual-clock.js';
import { Dice } from './dice.js';
import { noFaults, type Faults } from './faults.js';
import { interpret } from './interpret-program.js';
import {
  acknowledgedSignalsAreThereOnce,
  acknowledgedStartCloses,
  closesOnce,
  compensationsRunNewestFirst,
  endedExecution,
  outcomesAreRecordedOnce,
  replayEqualsLive,
  revisionsHaveNoGap,
  timersAreNeverEarly,
} from './invariants.js';
import { Ledger } from './ledger.js';
import { Lifeline } from './lifeline.js';
import type { Program } from './program.js';
import { generateScenario, type Scenario } from './scenario.js';
import { SimulatedClient } from './simulated-client.js';
import { SimulatedNode } from './simulated-node.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** Default 4. */
  readonly executions?: number;
}

export interface SimulationOutcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly log: readonly StoredEvent[];
  readonly crashes: number;
  readonly effects: number;
  readonly virtualMs: Millis;
}

/** After so many events nothing goes wrong any more, so that what is alive can end. */
const troubleEventsMax = 1_500;
const eventsMax = 20_000;
const nodesMax = 2;
const restartMsMax: Millis = 2_000;

/** Runs random workflows on an engine that is crashed, doubled, cut off and lied to, and checks what came of it. */
export async function simulate(options: SimulationOptions): Promise<SimulationOutcome> {
  installDeterminism();
  return new World(options).run();
}

class World {
  readonly #dice: Dice;
  readonly #clock = new VirtualClock();
  readonly #startedAt = this.#clock.now();
  readonly #store: InMemoryEventStore = openInMemoryEventStore();
  readonly #ledger = new Ledger(this.#store);
  readonly #client: SimulatedClient;
  readonly #scenarios: readonly Scenario[];
  readonly #nodes: SimulatedNode[] = [];
  readonly #readModels: ReadModel[] = [];
  #faults: Faults;
  #nodesBooted = 0;
  #crashes = 0;

  constructor(private readonly options: SimulationOptions) {
    this.#dice = new Dice(`seed ${options.seed}`);
    this.#faults = options.faults;
    const scenarioDice = this.#dice.fork('scenarios');
    this.#scenarios = Array.from({ length: options.executions ?? 4 }, (_, index) =>
      generateScenario(scenarioDice, index),
    );
    this.#client = new SimulatedClient({
      clock: this.#clock,
      dice: this.#dice.fork('client'),
      engine: () => this.#anyEngine(),
    });
  }

  async run(): Promise<SimulationOutcome> {
    await this.#boot(await openSqliteReadModel({ file: ':memory:' }));
    for (const scenario of this.#scenarios) this.#client.play(scenario);
    const trouble = this.#dice.fork('trouble');
    let events = 0;
    while (events++ < eventsMax && !(await this.#isDone())) {
      if (events === troubleEventsMax) this.#faults = noFaults;
      await this.#makeTrouble(trouble);
      this.#clock.ringNext();
    }
    for (const node of this.#nodes) node.kill();
    const violations = await this.#check();
    await Promise.all(this.#readModels.map((readModel) => readModel.close()));
    return {
      seed: this.options.seed,
      violations,
      log: this.#store.durableEvents(),
      crashes: this.#crashes,
      effects: this.#ledger.effects.length,
      virtualMs: this.#clock.now() - this.#startedAt,
    };
  }

  /** When all that can happen now has happened: nothing real is waited for, so one round of the event loop is enough. */
  async #isDone(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    if (!this.#client.isDone) return false;
    return this.#scenarios.every(({ workflowId }) => {
      const last = this.#history(workflowId).at(-1)?.type ?? '';
      return (
        !this.#client.acknowledged.starts.has(workflowId) ||
        /^Workflow(Completed|Failed|Cancelled|Terminated)$/.test(last)
      );
    });
  }

  async #makeTrouble(dice: Dice): Promise<void> {
    const isCrash = dice.happens(this.#faults.crash);
    const isStale = dice.happens(this.#faults.staleOwner);
    const victim = dice.between(0, nodesMax - 1);
    if (isCrash) this.#crash(this.#nodes[victim % Math.max(1, this.#nodes.length)], dice);
    if (isStale && this.#nodes.length < nodesMax) await this.#boot(await this.#newReadModel());
  }

  #crash(node: SimulatedNode | undefined, dice: Dice): void {
    if (!node) return;
    this.#crashes++;
    node.kill();
    this.#nodes.splice(this.#nodes.indexOf(node), 1);
    const isLost = dice.happens(this.#faults.readModelLost);
    this.#clock.after(dice.between(0, restartMsMax), () => {
      if (this.#nodes.length < nodesMax) void this.#reboot(node.readModel, isLost);
    });
  }

  async #reboot(readModel: ReadModel, isLost: boolean): Promise<void> {
    await this.#boot(isLost ? await this.#newReadModel() : readModel);
  }

  async #newReadModel(): Promise<ReadModel> {
    const readModel = await openSqliteReadModel({ file: ':memory:' });
    this.#readModels.push(readModel);
    return readModel;
  }

  async #boot(readModel: ReadModel): Promise<void> {
    const node = new SimulatedNode({
      name: `node-${this.#nodesBooted++}`,
      store: this.#store,
      readModel,
      clock: this.#clock,
      dice: this.#dice.fork('node'),
      faults: this.#faultsNow(),
      logger: silentLogger,
      workflowsOn: (lifeline) => [this.#workflowOn(lifeline)],
    });
    this.#nodes.push(node);
    node.start();
  }

  /** The faults as they are at each time, for parts that keep them. */
  #faultsNow(): Faults {
    const faults = (): Faults => this.#faults;
    return {
      get crash() {
        return faults().crash;
      },
      get staleOwner() {
        return faults().staleOwner;
      },
      get appendRefused() {
        return faults().appendRefused;
      },
      get answerLost() {
        return faults().answerLost;
      },
      get appendSlow() {
        return faults().appendSlow;
      },
      get duplicateOutcome() {
        return faults().duplicateOutcome;
      },
      get readModelLost() {
        return faults().readModelLost;
      },
    };
  }

  #workflowOn(lifeline: Lifeline): RegisteredWorkflow {
    const clock = lifeline.clockOf(this.#clock);
    const dice = this.#dice.fork('services');
    const wait = (ms: Millis): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
    const call = async (step: StepContext, ms: Millis): Promise<string> => {
      await wait(ms);
      this.#ledger.record(step);
      const answer = `${step.name} ${dice.between(0, 1_000_000)}`;
      await wait(dice.between(0, 20));
      return answer;
    };
    return {
      type: 'program',
      create: () => ({ run: (ctx, input) => interpret(ctx, input as Program, { call }) }),
    };
  }

  #anyEngine(): Engine | undefined {
    const up = this.#nodes.filter(({ engine }) => engine.isRunning);
    return up[this.#clock.now() % Math.max(1, up.length)]?.engine;
  }

  #history(workflowId: string): readonly StoredEvent[] {
    return this.#store.durableEvents(streamIdOf({ namespace: 'default', workflowId }));
  }

  async #check(): Promise<readonly string[]> {
    const { acknowledged } = this.#client;
    const violations = [...this.#ledger.violations];
    const workflow = this.#workflowOn(new Lifeline());
    const host = createRunHost({ captureSites: false, payloadBytesMax: Infinity });
    for (const { workflowId } of this.#scenarios) {
      const ended = endedExecution(workflowId, this.#history(workflowId));
      violations.push(
        ...acknowledgedStartCloses(ended, acknowledged),
        ...acknowledgedSignalsAreThereOnce(ended, acknowledged),
        ...closesOnce(ended),
        ...outcomesAreRecordedOnce(ended),
        ...timersAreNeverEarly(ended),
        ...revisionsHaveNoGap(ended),
        ...compensationsRunNewestFirst(ended),
        ...(await replayEqualsLive(ended, workflow, host)),
      );
    }
    return violations;
  }
}

import {
  createRunHost,
  installDeterminism,
  silentLogger,
  type Engine,
  type ReadModel,
  type StoredEvent,
} from '@fermata/engine';
import { targetOfStream, type Millis, type RegisteredWorkflow, type StepContext } from '@fermata/kernel';
import { openSqliteReadModel } from '@fermata/store-sqlite';
import type { InMemoryEventStore } from '../in-memory-event-store.js';
import { openInMemoryEventStore } from '../in-memory-event-store.js';
import { VirtualClock } from '../virtual-clock.js';
import { Dice } from './dice.js';
import { noFaults, type Faults } from './faults.js';
import { interpret, programType } from './interpret-program.js';
import {
  acknowledgedSignalsAreThereOnce,
  acknowledgedStartIsThere,
  atMostOnceIsKept,
  childrenAgree,
  compensationsRunNewestFirst,
  endedExecution,
  type EndedExecution,
  everyRunCloses,
  outcomesAreRecordedOnce,
  replayEqualsLive,
  revisionsHaveNoGap,
  timersAreNeverEarly,
  updatesEndAsTold,
} from './invariants.js';
import { Ledger } from './ledger.js';
import { Lifeline } from './lifeline.js';
import type { ProgramInput } from './program.js';
import { generateScenario, type Scenario } from './scenario.js';
import { SimulatedClient } from './simulated-client.js';
import { SimulatedNode } from './simulated-node.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** Default: four, made from the seed. */
  readonly scenarios?: readonly Scenario[];
}

export interface SimulationOutcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** What was played: the input of `simulate` for a story that is to be shrunk. */
  readonly scenarios: readonly Scenario[];
  readonly log: readonly StoredEvent[];
  readonly crashes: number;
  readonly effects: number;
  readonly virtualMs: Millis;
}

/** After so many events nothing goes wrong any more, so that what is alive can end. */
const troubleEventsMax = 1_500;
const eventsMax = 20_000;
const executionCount = 4;
const nodesMax = 2;
const restartMsMax: Millis = 2_000;

/** Runs random workflows on an engine that is crashed, doubled, cut off and lied to, and checks what came of it. */
export async function simulate(options: SimulationOptions): Promise<SimulationOutcome> {
  installDeterminism();
  return new World(options).run();
}

const closings: ReadonlySet<string> = new Set([
  'WorkflowCompleted',
  'WorkflowFailed',
  'WorkflowCancelled',
  'WorkflowTimedOut',
  'WorkflowContinuedAsNew',
  'WorkflowTerminated',
]);

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
  #eventsSeen = 0;
  #runsOpen = 0;
  #crashes = 0;

  constructor(private readonly options: SimulationOptions) {
    this.#dice = new Dice(`seed ${options.seed}`);
    this.#faults = options.faults;
    const scenarioDice = this.#dice.fork('scenarios');
    this.#scenarios =
      options.scenarios ?? Array.from({ length: executionCount }, (_, index) => generateScenario(scenarioDice, index));
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
      scenarios: this.#scenarios,
      log: this.#store.durableEvents(),
      crashes: this.#crashes,
      effects: this.#ledger.effects.length,
      virtualMs: this.#clock.now() - this.#startedAt,
    };
  }

  /** When all that can happen now has happened: nothing real is waited for, so one round of the event loop is enough. */
  async #isDone(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.#client.isDone && this.#openRuns() === 0;
  }

  /** Counts as it goes through what is new in the log. */
  #openRuns(): number {
    const log = this.#store.durableEvents();
    for (; this.#eventsSeen < log.length; this.#eventsSeen++) {
      const type = log[this.#eventsSeen]?.type ?? '';
      if (type === 'WorkflowStarted') this.#runsOpen++;
      else if (closings.has(type)) this.#runsOpen--;
    }
    return this.#runsOpen;
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
      type: programType,
      create: () => ({ run: (ctx, input) => interpret(ctx, input as ProgramInput, { call }) }),
    };
  }

  #anyEngine(): Engine | undefined {
    const up = this.#nodes.filter(({ engine }) => engine.isRunning);
    return up[this.#clock.now() % Math.max(1, up.length)]?.engine;
  }

  #executions(): readonly EndedExecution[] {
    const streams = new Map<string, StoredEvent[]>();
    for (const stored of this.#store.durableEvents()) {
      streams.set(stored.stream, [...(streams.get(stored.stream) ?? []), stored]);
    }
    return Array.from(streams, ([stream, stored]) => endedExecution(targetOfStream(stream)?.workflowId ?? '', stored));
  }

  async #check(): Promise<readonly string[]> {
    const { acknowledged } = this.#client;
    const violations = [...this.#ledger.violations];
    const workflow = this.#workflowOn(new Lifeline());
    const host = createRunHost({ captureSites: false, payloadBytesMax: Infinity });
    const executions = this.#executions();
    for (const workflowId of acknowledged.starts.keys()) {
      if (!executions.some((ended) => ended.workflowId === workflowId)) violations.push(`${workflowId}: is lost`);
    }
    for (const ended of executions) {
      violations.push(
        ...acknowledgedStartIsThere(ended, acknowledged),
        ...acknowledgedSignalsAreThereOnce(ended, acknowledged),
        ...updatesEndAsTold(ended, acknowledged),
        ...everyRunCloses(ended),
        ...revisionsHaveNoGap(ended),
      );
      for (const run of ended.runs) {
        violations.push(
          ...outcomesAreRecordedOnce(run),
          ...timersAreNeverEarly(run),
          ...compensationsRunNewestFirst(run),
          ...atMostOnceIsKept(run, this.#ledger.effects),
          ...childrenAgree(run, executions),
          ...(await replayEqualsLive(run, workflow, host)),
        );
      }
    }
    return violations;
  }
}

import {
  createRunHost,
  installDeterminism,
  SignalWorkflow,
  StartWorkflow,
  type ReadModel,
  type StoredEvent,
} from '@fermata/engine';
import {
  isClosing,
  isFermataError,
  streamIdOf,
  toMillis,
  type ClosingEvent,
  type Duration,
  type ErrorCode,
  type Millis,
  type RegisteredWorkflow,
} from '@fermata/kernel';
import { openSqliteReadModel } from '@fermata/store-sqlite';
import { openInMemoryEventStore } from '../in-memory-event-store.js';
import { Dice } from '../simulation/dice.js';
import {
  endedExecution,
  everyRunCloses,
  outcomesAreRecordedOnce,
  replayEqualsLive,
  revisionsHaveNoGap,
  timersAreNeverEarly,
  type EndedExecution,
} from '../simulation/invariants.js';
import type { StepMocks } from '../test-fermata/step-mocks.js';
import { VirtualClock } from '../virtual-clock.js';
import { MortalNode } from './mortal-node.js';
import { StepCalls } from './step-calls.js';

/** A message that the workflow gets. */
export interface SimulatedSignal {
  readonly name: string;
  readonly payload?: unknown;
  /** So long after the start; a little more or less from seed to seed, so that close ones change places. Default 0. */
  readonly after?: Duration;
}

export interface WorldParts {
  readonly seed: number;
  /** The workflow itself comes first. */
  readonly workflows: readonly [RegisteredWorkflow, ...RegisteredWorkflow[]];
  readonly input: unknown;
  readonly steps: StepMocks;
  readonly signals: readonly SimulatedSignal[];
}

/** What became of the workflow in one world. */
export interface SimulatedEnd {
  readonly closing: ClosingEvent;
  readonly crashes: number;
  readonly stepCalls: ReadonlyMap<string, number>;
  readonly history: readonly StoredEvent[];
}

const target = { namespace: 'default', workflowId: 'simulated' };
/**
 * A node dies so long after an append at most, and before its next one: the answer may be lost, or what follows from it
 * may have begun.
 */
const lifeAfterAppendMsMax: Millis = 30;
const rebootMsMax: Millis = 1_000;
const readModelLost = 0.2;
const signalSpreadMsMax: Millis = 100;
const answerMsMax: Millis = 2_500;
const retryMs: Millis = 300;
const virtualMsMax = toMillis('100 years');
const roundsMax = 100_000;
const passing: readonly ErrorCode[] = ['STORE_UNAVAILABLE', 'ENGINE_STOPPED', 'OVERLOADED', 'READ_MODEL_LAGS'];

/** One workflow from its start to its end, on an engine that dies after each append. */
export class WorkflowWorld {
  readonly #dice: Dice;
  readonly #clock = new VirtualClock();
  readonly #store = openInMemoryEventStore();
  readonly #calls: StepCalls;
  readonly #readModels: ReadModel[] = [];
  #node: MortalNode | undefined;
  #doomed: MortalNode | undefined;
  #eventsSeen = 0;
  #crashes = 0;
  #failure: unknown;

  constructor(private readonly parts: WorldParts) {
    installDeterminism();
    this.#dice = new Dice(`seed ${parts.seed}`);
    this.#calls = new StepCalls(parts.steps);
  }

  /** @throws Error that says what went wrong, when the workflow doesn't end as it must */
  async run(): Promise<SimulatedEnd> {
    try {
      await this.#boot({ isReadModelLost: true });
      const began = this.#clock.now();
      this.#send().catch((error: unknown) => (this.#failure = error));
      for (let rounds = 0; ; rounds++) {
        await this.#calls.rest();
        if (this.#failure !== undefined) throw this.#failure as Error;
        const closing = this.#closing();
        if (closing) return await this.#end(closing);
        if (rounds > roundsMax || this.#clock.now() - began > virtualMsMax) throw new Error(this.#whyOpen());
        this.#dieAfterAppend();
        this.#clock.ringNext();
      }
    } finally {
      this.#node?.kill();
      await Promise.all(this.#readModels.map((readModel) => readModel.close()));
    }
  }

  #dieAfterAppend(): void {
    const { length } = this.#store.durableEvents();
    if (length === this.#eventsSeen) return;
    this.#eventsSeen = length;
    const node = this.#node;
    this.#doomed = node;
    this.#clock.after(this.#dice.between(0, lifeAfterAppendMsMax), () => this.#kill(node));
  }

  #kill(node: MortalNode | undefined): void {
    if (!node || this.#node !== node) return;
    node.kill();
    this.#node = undefined;
    this.#crashes++;
    const isReadModelLost = this.#dice.happens(readModelLost);
    this.#clock.after(this.#dice.between(0, rebootMsMax), () => {
      this.#boot({ isReadModelLost }).catch((error: unknown) => (this.#failure = error));
    });
  }

  async #boot({ isReadModelLost }: { readonly isReadModelLost: boolean }): Promise<void> {
    const kept = isReadModelLost ? undefined : this.#readModels.at(-1);
    const readModel = kept ?? (await openSqliteReadModel({ file: ':memory:' }));
    if (!kept) this.#readModels.push(readModel);
    const node = new MortalNode({
      store: this.#store,
      readModel,
      clock: this.#clock,
      dice: this.#dice.fork('node'),
      workflows: this.parts.workflows,
      calls: this.#calls,
      mayAppend: (appending) => {
        if (appending === this.#doomed) this.#kill(appending);
        return appending === this.#node;
      },
    });
    this.#node = node;
    await node.engine.start();
  }

  async #send(): Promise<void> {
    const [workflow] = this.parts.workflows;
    const start = new StartWorkflow(target, workflow.type, this.parts.input, { requestId: 'start' });
    await this.#untilAnswered((node) => node.engine.executions.start(start));
    await Promise.all(this.parts.signals.map((signal, index) => this.#signal(signal, `signal ${index}`)));
  }

  async #signal({ name, payload, after = 0 }: SimulatedSignal, requestId: string): Promise<void> {
    await this.#wait(toMillis(after, 'after') + this.#dice.between(0, signalSpreadMsMax));
    const command = new SignalWorkflow(target, name, payload, { requestId });
    const deliver = (): Promise<void> => this.#untilAnswered((node) => node.engine.executions.signal(command));
    await deliver();
    // Again, as from a sender who never got the answer.
    if (this.#dice.happens(0.3)) await deliver();
  }

  /** Asks again and again under the same request ID; a closed execution needs no more messages. */
  async #untilAnswered(ask: (node: MortalNode) => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        if (this.#node) {
          const noAnswer = this.#wait(answerMsMax).then(() => 'no answer' as const);
          if ((await Promise.race([ask(this.#node), noAnswer])) !== 'no answer') return;
        }
      } catch (error) {
        if (isFermataError(error, 'EXECUTION_CLOSED')) return;
        if (!isFermataError(error) || !passing.includes(error.code)) throw error;
      }
      await this.#wait(retryMs);
    }
  }

  #wait(ms: Millis): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  #ended(): EndedExecution {
    return endedExecution(target.workflowId, this.#store.durableEvents(streamIdOf(target)));
  }

  #closing(): ClosingEvent | undefined {
    const events = this.#ended().runs.at(-1)?.events ?? [];
    const stuck = events.findLast(({ event }) => event.type === 'WorkflowStuck' || event.type === 'WorkflowUnstuck');
    if (stuck?.event.type === 'WorkflowStuck') throw new Error(`the run is stuck: ${stuck.event.failure.message}`);
    const last = events.at(-1)?.event;
    return last && isClosing(last) ? last : undefined;
  }

  #whyOpen(): string {
    const events = this.#ended().runs.at(-1)?.events ?? [];
    return `the run hasn't closed in ${virtualMsMax} ms of virtual time; its last event is ${events.at(-1)?.event.type ?? 'none'}`;
  }

  async #end(closing: ClosingEvent): Promise<SimulatedEnd> {
    const execution = this.#ended();
    const host = createRunHost({ captureSites: false, payloadBytesMax: Infinity });
    const [workflow] = this.parts.workflows;
    const violations = [...everyRunCloses(execution), ...revisionsHaveNoGap(execution)];
    for (const run of execution.runs) {
      violations.push(...outcomesAreRecordedOnce(run), ...timersAreNeverEarly(run));
      violations.push(...(await replayEqualsLive(run, workflow, host)));
    }
    if (violations.length > 0) throw new Error(violations.join('; '));
    return { closing, crashes: this.#crashes, stepCalls: this.#calls.counts, history: execution.stored };
  }
}

import {
  CancelWorkflow,
  SignalWorkflow,
  StartWorkflow,
  TerminateWorkflow,
  UpdateWorkflow,
  type Clock,
  type Engine,
  type UpdateOutcome,
} from '@fermata/engine';
import { isFermataError, type ExecutionTarget, type Millis, type RunId } from '@fermata/kernel';
import type { Dice } from './dice.js';
import { programType } from './interpret-program.js';
import type { Message, Scenario } from './scenario.js';

export interface ClientParts {
  readonly clock: Clock;
  readonly dice: Dice;
  /** Some node that is up, if there is one. */
  readonly engine: () => Engine | undefined;
}

/** What the engine has said to be done. */
export interface Acknowledged {
  readonly starts: Map<string, RunId>;
  /** Request IDs of signals, by workflow ID. */
  readonly signals: Map<string, string[]>;
  /** Update IDs, by workflow ID, with what the client was told. */
  readonly updates: Map<string, Map<string, UpdateOutcome>>;
}

/** How long a client waits for an answer before it asks again. */
const answerMsMax: Millis = 2_500;
const retryMs: Millis = 300;

/** `UNKNOWN_UPDATE`: the run's code hasn't begun, its start being delayed. */
const refusals = ['EXECUTION_CLOSED', 'EXECUTION_NOT_FOUND', 'UPDATE_REJECTED', 'UNKNOWN_UPDATE'] as const;

/** Starts executions and sends messages, again and again under the same request ID until it gets an answer. */
export class SimulatedClient {
  readonly acknowledged: Acknowledged = { starts: new Map(), signals: new Map(), updates: new Map() };
  #open = 0;

  constructor(private readonly parts: ClientParts) {}

  /** Everything was sent and answered. */
  get isDone(): boolean {
    return this.#open === 0;
  }

  play(scenario: Scenario): void {
    this.#open++;
    this.parts.clock.after(scenario.startAfterMs, () => void this.#play(scenario).finally(() => this.#open--));
  }

  async #play(scenario: Scenario): Promise<void> {
    const target: ExecutionTarget = { namespace: 'default', workflowId: scenario.workflowId };
    const requestId = `start-${scenario.workflowId}`;
    const start = new StartWorkflow(target, programType, scenario.input, { ...scenario.options, requestId });
    const started = await this.#untilAnswered((engine) => engine.executions.start(start));
    if (started === 'refused') return;
    this.acknowledged.starts.set(scenario.workflowId, started.answer.runId);
    await Promise.all(scenario.messages.map((message, index) => this.#send(target, message, index)));
  }

  async #send(target: ExecutionTarget, { afterMs, send, name }: Message, index: number): Promise<void> {
    await this.#wait(afterMs);
    switch (send) {
      case 'signal':
        return this.#signal(target, name, index);
      case 'update':
        return this.#update(target, name, index);
      case 'cancel':
        await this.#untilAnswered(({ executions }) => executions.cancel(new CancelWorkflow(target)));
        return;
      case 'terminate':
        return void (await this.#untilAnswered(({ executions }) =>
          executions.terminate(new TerminateWorkflow(target)),
        ));
    }
  }

  async #update(target: ExecutionTarget, name: string, index: number): Promise<void> {
    const requestId = `${target.workflowId}-${name}-${index}`;
    const command = new UpdateWorkflow(target, name, index % 3 === 2 ? -1 : index, { requestId });
    const answered = await this.#untilAnswered(({ executions }) => executions.update(command));
    if (answered === 'refused') return;
    const told = this.acknowledged.updates.get(target.workflowId) ?? new Map<string, UpdateOutcome>();
    this.acknowledged.updates.set(target.workflowId, told.set(requestId, answered.answer));
  }

  async #signal(target: ExecutionTarget, name: string, index: number): Promise<void> {
    const requestId = `${target.workflowId}-${name}-${index}`;
    const command = new SignalWorkflow(target, name, { sent: name, luck: this.parts.dice.next() }, { requestId });
    if ((await this.#untilAnswered(({ executions }) => executions.signal(command))) === 'refused') return;
    const sent = this.acknowledged.signals.get(target.workflowId) ?? [];
    this.acknowledged.signals.set(target.workflowId, [...sent, requestId]);
  }

  async #untilAnswered<Answer>(ask: (engine: Engine) => Promise<Answer>): Promise<Answer | 'refused'> {
    for (;;) {
      const engine = this.parts.engine();
      try {
        if (engine)
          return await Promise.race([ask(engine), this.#wait(answerMsMax).then(() => Promise.reject(noAnswer()))]);
      } catch (error) {
        if (refusals.some((code) => isFermataError(error, code))) return 'refused';
      }
      await this.#wait(retryMs);
    }
  }

  #wait(ms: Millis): Promise<void> {
    return new Promise((resolve) => void this.parts.clock.after(ms, resolve));
  }
}

function noAnswer(): Error {
  return new Error('no answer');
}

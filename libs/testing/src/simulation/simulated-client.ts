import {
  CancelWorkflow,
  SignalWorkflow,
  StartWorkflow,
  TerminateWorkflow,
  type Clock,
  type Engine,
} from '@fermata/engine';
import { isFermataError, type ExecutionTarget, type Millis, type RunId } from '@fermata/kernel';
import type { Dice } from './dice.js';
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
}

/** How long a client waits for an answer before it asks again. */
const answerMsMax: Millis = 2_500;
const retryMs: Millis = 300;

/** Starts executions and sends messages, again and again under the same request ID until it gets an answer. */
export class SimulatedClient {
  readonly acknowledged: Acknowledged = { starts: new Map(), signals: new Map() };
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
    const start = new StartWorkflow(target, 'program', scenario.program, { requestId });
    const started = await this.#untilAnswered((engine) => engine.executions.start(start));
    if (started === 'refused') return;
    this.acknowledged.starts.set(scenario.workflowId, started.answer.runId);
    await Promise.all(scenario.messages.map((message) => this.#send(target, message)));
  }

  async #send(target: ExecutionTarget, { afterMs, send, name }: Message): Promise<void> {
    await this.#wait(afterMs);
    switch (send) {
      case 'signal':
        return this.#signal(target, name);
      case 'cancel':
        await this.#untilAnswered(({ executions }) => executions.cancel(new CancelWorkflow(target)));
        return;
      case 'terminate':
        return void (await this.#untilAnswered(({ executions }) =>
          executions.terminate(new TerminateWorkflow(target)),
        ));
    }
  }

  async #signal(target: ExecutionTarget, name: string): Promise<void> {
    const requestId = `${target.workflowId}-${name}`;
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
        if (isFermataError(error, 'EXECUTION_CLOSED') || isFermataError(error, 'EXECUTION_NOT_FOUND')) return 'refused';
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

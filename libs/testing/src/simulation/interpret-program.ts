import { NonRetryableError, type StepContext, type WorkflowContext } from '@fermata/kernel';
import type { Program } from './program.js';

/** What the world does when a step calls on it. */
export interface Services {
  /** A side effect that takes some time; gives a value that differs from call to call. */
  call(step: StepContext, ms: number): Promise<string>;
}

type Step = Extract<Program, { readonly do: 'step' }>;

/** Carries out a program. Its value depends on everything that the run was told, so that no difference stays hidden. */
export async function interpret(ctx: WorkflowContext, program: Program, services: Services): Promise<unknown> {
  const handled: unknown[] = [];
  const value = await new Interpreter(ctx, services, handled).run(program);
  return { value, handled };
}

class Interpreter {
  constructor(
    private readonly ctx: WorkflowContext,
    private readonly services: Services,
    private readonly handled: unknown[],
  ) {}

  async run(program: Program): Promise<unknown> {
    switch (program.do) {
      case 'step':
        return this.#step(program);
      case 'sleep':
        await this.ctx.sleep(program.ms);
        return Date.now();
      case 'await-signal':
        return this.ctx.signal(program.name, program.timeoutMs === undefined ? {} : { timeout: program.timeoutMs });
      case 'handle-signal':
        this.ctx.onSignal(program.name, (payload) => this.#handle(program.name, payload));
        return undefined;
      case 'look-round':
        return [
          this.ctx.now(),
          new Date().getTime(),
          Math.random(),
          this.ctx.random(),
          crypto.randomUUID(),
          this.ctx.uuid(),
        ];
      case 'throw':
        throw new Error(`thrown at ${Date.now()}`);
      case 'in-turn':
        return this.#inTurn(program.parts);
      case 'all':
        return Promise.all(this.#all(program.parts));
      case 'race':
        return Promise.race(this.#all(program.parts));
      case 'any':
        return Promise.any(this.#all(program.parts));
      case 'all-settled':
        return Promise.allSettled(this.#all(program.parts)).then((settled) =>
          settled.map((one) => (one.status === 'fulfilled' ? one.value : messageOf(one.reason))),
        );
      case 'try':
        return this.#try(program.body, program.fallback);
    }
  }

  #all(parts: readonly Program[]): Promise<unknown>[] {
    return parts.map((part) => this.run(part));
  }

  async #inTurn(parts: readonly Program[]): Promise<unknown> {
    const values: unknown[] = [];
    for (const part of parts) values.push(await this.run(part));
    return values;
  }

  async #try(body: Program, fallback: Program): Promise<unknown> {
    try {
      return await this.run(body);
    } catch (error) {
      return [messageOf(error), await this.run(fallback)];
    }
  }

  async #handle(name: string, payload: unknown): Promise<void> {
    const answer = await this.ctx.step(`answer ${name}`, (step) => this.services.call(step, 10));
    this.handled.push([name, payload, answer]);
  }

  #step({ name, ms, failures, isFatal, isUndone }: Step): Promise<unknown> {
    const work = async (step: StepContext): Promise<string> => {
      const answer = await this.services.call(step, ms);
      if (isFatal) throw new NonRetryableError(`${name} can't be`);
      if (step.attempt <= failures) throw new Error(`${name} failed: ${answer}`);
      return answer;
    };
    const undo = isUndone ? { compensate: (_: unknown, step: StepContext) => this.services.call(step, ms) } : {};
    return this.ctx.step(name, work, { retry: { initialInterval: 50, maxInterval: 2_000 }, ...undo });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

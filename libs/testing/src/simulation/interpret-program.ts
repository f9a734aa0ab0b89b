import { NonRetryableError, type StepContext, type WorkflowContext } from '@fermata/kernel';
import type { ChildProgram, Program, ProgramInput, StepProgram } from './program.js';

/** What the world does when a step calls on it. */
export interface Services {
  /** A side effect that takes some time; gives a value that differs from call to call. */
  call(step: StepContext, ms: number): Promise<string>;
}

export const programType = 'program';

/** Carries out a program. Its value depends on everything that the run was told, so that no difference stays hidden. */
export async function interpret(ctx: WorkflowContext, input: ProgramInput, services: Services): Promise<unknown> {
  const handled: unknown[] = [];
  ctx.onUpdate('bump', (args) => bump(ctx, args, services, handled), { validate: refuseNegative });
  const value = await new Interpreter(ctx, services, handled).run(input.program);
  if (input.continuations > 0) return ctx.continueAsNew({ ...input, continuations: input.continuations - 1 });
  return { value, handled };
}

async function bump(ctx: WorkflowContext, args: unknown, services: Services, handled: unknown[]): Promise<unknown> {
  const answer = await ctx.step('bump', (step) => services.call(step, 5));
  handled.push(['bump', args, answer]);
  return [args, answer, handled.length];
}

function refuseNegative(args: unknown): void {
  if (typeof args === 'number' && args < 0) throw new Error('negative');
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
      case 'condition':
        return this.ctx.condition(() => this.handled.length >= program.handled, { timeout: program.timeoutMs });
      case 'signal-other':
        return this.ctx.signalWorkflow(program.workflowId, program.name, this.ctx.workflowId).then(
          () => 'sent',
          (error: unknown) => messageOf(error),
        );
      case 'look-round':
        return [
          this.ctx.now(),
          new Date().getTime(),
          Math.random(),
          this.ctx.random(),
          crypto.randomUUID(),
          this.ctx.uuid(),
        ];
      case 'patch':
        return this.ctx.patch(program.id) ? this.run(program.body) : 'unpatched';
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
      case 'scope': {
        const limit = program.timeoutMs === undefined ? {} : { timeout: program.timeoutMs };
        return this.ctx.scope((ctx) => this.#with(ctx).run(program.body), {
          cancellable: program.isCancellable,
          ...limit,
        });
      }
      case 'map': {
        const items = Array.from({ length: program.items }, (_, index) => index);
        return this.ctx.map(items, (ctx) => this.#with(ctx).run(program.body), { concurrency: program.concurrency });
      }
      case 'child':
        return this.#child(program);
    }
  }

  #with(ctx: WorkflowContext): Interpreter {
    return new Interpreter(ctx, this.services, this.handled);
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

  async #child({ program, isAwaited, policy, cancellation }: ChildProgram): Promise<unknown> {
    const input: ProgramInput = { program, continuations: 0 };
    const child = await this.ctx.startChild<ProgramInput, unknown>(
      { type: programType },
      { input, parentClosePolicy: policy, cancellation },
    );
    return isAwaited ? [child.runId, await child.result()] : child.runId;
  }

  async #handle(name: string, payload: unknown): Promise<void> {
    const answer = await this.ctx.step(`answer ${name}`, (step) => this.services.call(step, 10));
    this.handled.push([name, payload, answer]);
  }

  #step({
    name,
    ms,
    failures,
    isFatal,
    isUndone,
    isAtMostOnce,
    cancellation,
    timeoutMs,
  }: StepProgram): Promise<unknown> {
    const work = async (step: StepContext): Promise<string> => {
      step.heartbeat(step.attempt);
      const answer = await this.services.call(step, ms);
      if (isFatal) throw new NonRetryableError(`${name} can't be`);
      if (step.attempt <= failures) throw new Error(`${name} failed: ${answer}`);
      return answer;
    };
    const undo = isUndone ? { compensate: (_: unknown, step: StepContext) => this.services.call(step, ms) } : {};
    return this.ctx.step(name, work, {
      retry: { initialInterval: 50, maxInterval: 2_000 },
      atMostOnce: isAtMostOnce,
      ...(cancellation && { cancellation }),
      ...(timeoutMs !== undefined && { timeout: timeoutMs, totalTimeout: 20_000 }),
      ...undo,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

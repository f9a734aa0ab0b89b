import fc from 'fast-check';
import type { WorkflowContext } from '../workflow/context.js';

/** A workflow as data, for one workflow function to carry out. */
export type Program =
  | { readonly do: 'step'; readonly name: string; readonly isUndone: boolean }
  | { readonly do: 'sleep'; readonly ms: number }
  | { readonly do: 'signal'; readonly name: string; readonly timeoutMs: number | undefined }
  | { readonly do: 'handle'; readonly name: string }
  | { readonly do: 'look' | 'throw' }
  | { readonly do: 'in-turn' | 'all' | 'race' | 'any' | 'all-settled'; readonly parts: readonly Program[] }
  | { readonly do: 'try'; readonly body: Program; readonly fallback: Program }
  | { readonly do: 'uncancellable'; readonly body: Program };

/** Few, so that waits compete for them. */
export const signalNames = ['go', 'stop'] as const;

const leaf: fc.Arbitrary<Program> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('step' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      isUndone: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: fc.nat(5_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('signal' as const),
      name: fc.constantFrom(...signalNames),
      timeoutMs: fc.option(fc.nat(5_000), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('handle' as const), name: fc.constantFrom(...signalNames) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('look' as const, 'throw' as const) }) },
);

/** Small random programs, each of which ends once its steps, timers and signals have come. */
export const programs: fc.Arbitrary<Program> = fc.letrec<{ branch: Program; program: Program }>((tie) => ({
  branch: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'in-turn' as const,
          'all' as const,
          'race' as const,
          'any' as const,
          'all-settled' as const,
        ),
        parts: fc.array(tie('program'), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('try' as const), body: tie('program'), fallback: tie('program') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('uncancellable' as const), body: tie('program') }) },
  ),
  program: fc.oneof({ maxDepth: 3, depthIdentifier: 'program' }, leaf, tie('branch')),
})).branch;

/** Carries out a program. Its value depends on all that the run was told, so that no difference stays hidden. */
export async function interpret(ctx: WorkflowContext, program: Program): Promise<unknown> {
  const handled: unknown[] = [];
  return { value: await new Interpreter(ctx, handled).run(program), handled };
}

class Interpreter {
  constructor(
    private readonly ctx: WorkflowContext,
    private readonly handled: unknown[],
  ) {}

  async run(program: Program): Promise<unknown> {
    switch (program.do) {
      case 'step':
        return this.ctx.step(program.name, unused, program.isUndone ? { compensate: unused } : {});
      case 'sleep':
        await this.ctx.sleep(program.ms);
        return this.ctx.now();
      case 'signal':
        return this.ctx.signal(program.name, program.timeoutMs === undefined ? {} : { timeout: program.timeoutMs });
      case 'handle':
        this.ctx.onSignal(program.name, (payload) => this.#handle(payload));
        return program.name;
      case 'look':
        return [this.ctx.now(), this.ctx.random(), this.ctx.uuid()];
      case 'throw':
        throw new RangeError(`thrown at ${this.ctx.now().getTime()}`);
      case 'in-turn':
        return this.#inTurn(program.parts);
      case 'all':
        return Promise.all(this.#parts(program.parts));
      case 'race':
        return Promise.race(this.#parts(program.parts));
      case 'any':
        return Promise.any(this.#parts(program.parts));
      case 'all-settled':
        return (await Promise.allSettled(this.#parts(program.parts))).map((one) =>
          one.status === 'fulfilled' ? one.value : String(one.reason),
        );
      case 'try':
        return this.run(program.body).catch(async (error: unknown) => [
          String(error),
          await this.run(program.fallback),
        ]);
      case 'uncancellable':
        return this.ctx.uncancellable((ctx) => new Interpreter(ctx, this.handled).run(program.body));
    }
  }

  #parts(parts: readonly Program[]): Promise<unknown>[] {
    return parts.map((part) => this.run(part));
  }

  async #inTurn(parts: readonly Program[]): Promise<unknown> {
    const values: unknown[] = [];
    for (const part of parts) values.push(await this.run(part));
    return values;
  }

  async #handle(payload: unknown): Promise<void> {
    this.handled.push([payload, await this.ctx.step('handle', unused)]);
  }
}

/** The scheduler makes up the outcomes; no function of a step is ever called. */
function unused(): never {
  throw new Error('a function of a step was called');
}

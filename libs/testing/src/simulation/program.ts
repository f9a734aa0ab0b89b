import type { CancellationMode, Millis, ParentClosePolicy } from '@fermata/kernel';

/** A workflow as data: what the simulation makes at random, and one workflow function carries out. */
export type Program =
  | StepProgram
  | { readonly do: 'sleep'; readonly ms: Millis }
  | { readonly do: 'await-signal'; readonly name: string; readonly timeoutMs?: Millis }
  | { readonly do: 'handle-signal'; readonly name: string }
  | { readonly do: 'condition'; readonly handled: number; readonly timeoutMs: Millis }
  | { readonly do: 'signal-other'; readonly workflowId: string; readonly name: string }
  | { readonly do: 'look-round' }
  | { readonly do: 'patch'; readonly id: string; readonly body: Program }
  | { readonly do: 'throw' }
  | { readonly do: 'in-turn' | 'all' | 'race' | 'any' | 'all-settled'; readonly parts: readonly Program[] }
  | { readonly do: 'try'; readonly body: Program; readonly fallback: Program }
  | { readonly do: 'scope'; readonly body: Program; readonly timeoutMs?: Millis; readonly isCancellable: boolean }
  | { readonly do: 'map'; readonly items: number; readonly concurrency: number; readonly body: Program }
  | ChildProgram;

export interface StepProgram {
  readonly do: 'step';
  readonly name: string;
  readonly ms: Millis;
  readonly failures: number;
  readonly isFatal: boolean;
  readonly isUndone: boolean;
  readonly isAtMostOnce: boolean;
  readonly cancellation?: CancellationMode;
  readonly timeoutMs?: Millis;
}

export interface ChildProgram {
  readonly do: 'child';
  readonly program: Program;
  readonly isAwaited: boolean;
  readonly policy: ParentClosePolicy;
  readonly cancellation: CancellationMode;
}

/** What an execution is started with: its program, and how often it goes on as a new run. */
export interface ProgramInput {
  readonly program: Program;
  readonly continuations: number;
}

/** Names of the signals that the program may take. Its children take none but in time. */
export function signalsOf(program: Program): readonly string[] {
  switch (program.do) {
    case 'await-signal':
    case 'handle-signal':
      return [program.name];
    case 'try':
      return [...signalsOf(program.body), ...signalsOf(program.fallback)];
    case 'scope':
    case 'map':
    case 'patch':
      return signalsOf(program.body);
    case 'in-turn':
    case 'all':
    case 'race':
    case 'any':
    case 'all-settled':
      return program.parts.flatMap(signalsOf);
    default:
      return [];
  }
}

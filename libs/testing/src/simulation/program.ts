import type { Millis } from '@fermata/kernel';

/** A workflow as data: what the simulation makes at random, and one workflow function carries out. */
export type Program =
  | {
      readonly do: 'step';
      readonly name: string;
      readonly ms: Millis;
      readonly failures: number;
      readonly isFatal: boolean;
      readonly isUndone: boolean;
    }
  | { readonly do: 'sleep'; readonly ms: Millis }
  | { readonly do: 'await-signal'; readonly name: string; readonly timeoutMs?: Millis }
  | { readonly do: 'handle-signal'; readonly name: string }
  | { readonly do: 'look-round' }
  | { readonly do: 'throw' }
  | { readonly do: 'in-turn' | 'all' | 'race' | 'any' | 'all-settled'; readonly parts: readonly Program[] }
  | { readonly do: 'try'; readonly body: Program; readonly fallback: Program };

/** Names of the signals that the program may take. */
export function signalsOf(program: Program): readonly string[] {
  switch (program.do) {
    case 'await-signal':
    case 'handle-signal':
      return [program.name];
    case 'try':
      return [...signalsOf(program.body), ...signalsOf(program.fallback)];
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

import type { Millis } from '@fermata/kernel';
import type { Dice } from './dice.js';
import { generateProgram } from './generate-program.js';
import { signalsOf, type Program } from './program.js';

/** A message that a client sends to an execution, so long after it was asked to start it. */
export interface Message {
  readonly afterMs: Millis;
  readonly send: 'signal' | 'cancel' | 'terminate';
  readonly name: string;
}

/** One execution and what clients do to it. */
export interface Scenario {
  readonly workflowId: string;
  readonly program: Program;
  readonly startAfterMs: Millis;
  readonly messages: readonly Message[];
}

export function generateScenario(dice: Dice, index: number): Scenario {
  const program = generateProgram(dice);
  return {
    workflowId: `execution-${index}`,
    program,
    startAfterMs: dice.between(0, 2_000),
    messages: [...signals(dice, program), ...end(dice)],
  };
}

function signals(dice: Dice, program: Program): readonly Message[] {
  return signalsOf(program).map((name) => ({ afterMs: dice.between(0, 20_000), send: 'signal', name }));
}

function end(dice: Dice): readonly Message[] {
  if (dice.happens(0.12)) return [{ afterMs: dice.between(0, 6_000), send: 'cancel', name: 'cancel' }];
  if (dice.happens(0.04)) return [{ afterMs: dice.between(0, 6_000), send: 'terminate', name: 'terminate' }];
  return [];
}

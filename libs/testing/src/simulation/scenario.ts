import type { StartWorkflowOptions } from '@fermata/engine';
import type { Millis } from '@fermata/kernel';
import type { Dice } from './dice.js';
import { generateProgram } from './generate-program.js';
import { signalsOf, type ProgramInput } from './program.js';

/** A message that a client sends to an execution, so long after it was asked to start it. */
export interface Message {
  readonly afterMs: Millis;
  readonly send: 'signal' | 'update' | 'cancel' | 'terminate';
  readonly name: string;
}

/** One execution and what clients do to it. */
export interface Scenario {
  readonly workflowId: string;
  readonly input: ProgramInput;
  readonly options: StartWorkflowOptions;
  readonly startAfterMs: Millis;
  readonly messages: readonly Message[];
}

export function generateScenario(dice: Dice, index: number): Scenario {
  const continuations = dice.happens(0.2) ? dice.between(1, 2) : 0;
  const options = startOptions(dice);
  const areWaitsLimited = continuations > 0 || options.retry !== undefined;
  const program = generateProgram(dice, { areWaitsLimited });
  return {
    workflowId: `execution-${index}`,
    input: { program, continuations },
    options,
    startAfterMs: dice.between(0, 2_000),
    messages: [...signals(dice, signalsOf(program)), ...updates(dice), ...end(dice)],
  };
}

function startOptions(dice: Dice): StartWorkflowOptions {
  return {
    ...(dice.happens(0.1) && { startDelay: dice.between(1, 3_000) }),
    ...(dice.happens(0.1) && { runTimeout: dice.between(500, 10_000) }),
    ...(dice.happens(0.15) && { retry: { maxAttempts: dice.between(2, 3), initialInterval: 100 } }),
  };
}

function signals(dice: Dice, names: readonly string[]): readonly Message[] {
  return names.map((name) => ({ afterMs: dice.between(0, 20_000), send: 'signal', name }));
}

function updates(dice: Dice): readonly Message[] {
  if (!dice.happens(0.3)) return [];
  return Array.from({ length: dice.between(1, 3) }, () => ({
    afterMs: dice.between(0, 8_000),
    send: 'update',
    name: 'bump',
  }));
}

function end(dice: Dice): readonly Message[] {
  if (dice.happens(0.12)) return [{ afterMs: dice.between(0, 6_000), send: 'cancel', name: 'cancel' }];
  if (dice.happens(0.04)) return [{ afterMs: dice.between(0, 6_000), send: 'terminate', name: 'terminate' }];
  return [];
}

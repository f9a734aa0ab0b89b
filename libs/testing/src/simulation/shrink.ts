import type { Program } from './program.js';
import type { Scenario } from './scenario.js';

/** How many smaller stories are tried at most: each is a simulation of its own. */
const triesMax = 400;

/**
 * Looks for a smaller story that still fails, again and again: fewer executions, fewer messages, smaller programs.
 * @param stillFails tells whether a story fails too, though its faults fall elsewhere
 */
export async function shrink(
  scenarios: readonly Scenario[],
  stillFails: (scenarios: readonly Scenario[]) => Promise<boolean>,
): Promise<readonly Scenario[]> {
  let smallest = scenarios;
  let tries = 0;
  for (let hasShrunk = true; hasShrunk;) {
    hasShrunk = false;
    for (const candidate of smaller(smallest)) {
      if (++tries > triesMax) return smallest;
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

function* smaller(scenarios: readonly Scenario[]): Generator<readonly Scenario[]> {
  for (const index of scenarios.keys()) if (scenarios.length > 1) yield without(scenarios, index);
  for (const [index, scenario] of scenarios.entries()) {
    for (const simpler of smallerScenarios(scenario)) yield scenarios.with(index, simpler);
  }
}

function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  const { input, messages, options } = scenario;
  for (const program of smallerPrograms(input.program)) yield { ...scenario, input: { ...input, program } };
  if (input.continuations > 0) yield { ...scenario, input: { ...input, continuations: input.continuations - 1 } };
  if (Object.keys(options).length > 0) yield { ...scenario, options: {} };
  // Signals stay: without them a run may wait for ever, which would be another failure.
  for (const [index, { send }] of messages.entries()) {
    if (send !== 'signal') yield { ...scenario, messages: without(messages, index) };
  }
}

function* smallerPrograms(program: Program): Generator<Program> {
  switch (program.do) {
    case 'in-turn':
    case 'all':
    case 'race':
    case 'any':
    case 'all-settled':
      yield* program.parts;
      for (const index of program.parts.keys()) {
        if (program.parts.length > 1) yield { ...program, parts: without(program.parts, index) };
      }
      for (const [index, part] of program.parts.entries()) {
        for (const simpler of smallerPrograms(part)) yield { ...program, parts: program.parts.with(index, simpler) };
      }
      return;
    case 'try':
      yield program.body;
      yield program.fallback;
      for (const body of smallerPrograms(program.body)) yield { ...program, body };
      for (const fallback of smallerPrograms(program.fallback)) yield { ...program, fallback };
      return;
    case 'scope':
    case 'map':
    case 'patch':
      yield program.body;
      for (const body of smallerPrograms(program.body)) yield { ...program, body };
      return;
    case 'child':
      for (const inner of smallerPrograms(program.program)) yield { ...program, program: inner };
      return;
    case 'step':
      if (program.failures > 0) yield { ...program, failures: 0 };
      if (program.isUndone) yield { ...program, isUndone: false };
      return;
    default:
  }
}

function without<T>(items: readonly T[], index: number): readonly T[] {
  return items.filter((_, place) => place !== index);
}

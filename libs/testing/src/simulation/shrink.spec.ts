import { describe, expect, it } from '@jest/globals';
import { Dice } from './dice.js';
import type { Program } from './program.js';
import { generateScenario } from './scenario.js';
import { shrink } from './shrink.js';

describe('shrinking a story that fails', () => {
  it('comes down to the part that the failure is about', async () => {
    const dice = new Dice('a story');
    const scenarios = Array.from({ length: 40 }, (_, index) => generateScenario(dice, index));
    const hasSleep = (text: string): boolean => text.includes('"do":"sleep"');
    expect(hasSleep(JSON.stringify(scenarios))).toBe(true);

    const smallest = await shrink(scenarios, async (candidate) => hasSleep(JSON.stringify(candidate)));

    expect(smallest).toHaveLength(1);
    expect(smallest[0]?.input.program).toMatchObject({ do: 'sleep' } satisfies Partial<Program>);
  });

  it('leaves a story that only fails whole', async () => {
    const dice = new Dice('another');
    const scenarios = [generateScenario(dice, 0)];
    expect(await shrink(scenarios, async () => false)).toBe(scenarios);
  });
});

import { TemporaryEngine } from '../testing/temporary-engine.js';
import { family } from './family.js';

describe('family', () => {
  it.each([
    { children: 3, depth: 0, descendants: 0 },
    { children: 0, depth: 4, descendants: 0 },
    { children: 4, depth: 1, descendants: 4 },
    { children: 2, depth: 3, descendants: 2 + 4 + 8 },
  ])('has $descendants descendants with $children children each, $depth deep', async (example) => {
    const { descendants, ...input } = example;
    await using engine = await TemporaryEngine.open(family);
    const run = await engine.client.start(family, { input });
    expect(await run.result()).toEqual({ descendants });
    const { items } = await engine.client.list({ filter: 'workflowType = "family" and status = "completed"' });
    expect(items).toHaveLength(descendants + 1);
  });
});

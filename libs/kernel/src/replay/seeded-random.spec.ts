import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';

const seed = '01890a5d-ac96-774b-bcce-b302099a8057';
const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What a generator of this seed gives first. */
const first = <T>(count: number, draw: (random: SeededRandom) => T, from = seed): T[] => {
  const random = new SeededRandom(from);
  return Array.from({ length: count }, () => draw(random));
};

describe('SeededRandom', () => {
  it('gives the same sequences for ever: histories depend on them', () => {
    expect(first(4, (random) => random.uint32())).toEqual([1_388_349_332, 3_202_014_326, 1_247_095_203, 1_774_279_113]);
    expect(first(3, (random) => random.next())).toEqual([0.3232502694839764, 0.2903619811915349, 0.7214158563611716]);
    expect(first(2, (random) => random.uuid())).toEqual([
      '52c08794-beda-4c76-8a55-29a369c159c9',
      'b8aeb5b3-2f18-45e8-847a-144f993e4f0f',
    ]);
    expect(first(3, (random) => random.uint32(), '')).toEqual([3_632_956_219, 1_136_690_774, 2_180_670_912]);
  });

  it('gives other sequences for other seeds, be they ever so alike', () => {
    const seeds = Array.from({ length: 1_000 }, (_, index) => seed.slice(0, -3) + String(index).padStart(3, '0'));
    expect(new Set(seeds.map((one) => first(1, (random) => random.next(), one)[0])).size).toBe(seeds.length);
  });

  it('gives version 4 UUIDs, each once', () => {
    const uuids = first(10_000, (random) => random.uuid());
    expect(uuids.filter((uuid) => !uuidV4.test(uuid))).toEqual([]);
    expect(new Set(uuids).size).toBe(uuids.length);
  });

  it('is uniform in [0, 1)', () => {
    const draws = first(100_000, (random) => random.next());
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    const tenths = new Array<number>(10).fill(0);
    for (const draw of draws) {
      const index = Math.floor(draw * 10);
      tenths[index] = (tenths[index] ?? 0) + 1;
    }
    // A tenth of 100,000 has a standard deviation of 95: five of them either way.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });
});

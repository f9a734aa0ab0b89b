import { settingText, tableOf } from './table.js';

describe('tableOf', () => {
  it('lines the columns up and writes figures with their units', () => {
    const results = [
      { workload: 'W1', title: 'seq', setting: { store: 'sqlite', concurrency: 64 }, figures: { p50Ms: 2, runs: 7 } },
      { workload: 'W10', title: 'kernel', setting: {}, figures: { eventsPerSecond: 1_000_000 } },
    ] as const;
    expect(tableOf(results).split('\n')).toEqual([
      '| workload   | setting              | figures            |',
      '| ---------- | -------------------- | ------------------ |',
      '| W1 seq     | sqlite, 64 in flight | p50 2 ms · runs 7  |',
      '| W10 kernel |                      | 1,000,000 events/s |',
    ]);
  });

  it('names what a setting says and leaves out the rest', () => {
    expect(settingText({ store: 'sqlite', client: 'http', steps: 10_000 })).toBe('sqlite, http, 10,000 steps');
  });
});

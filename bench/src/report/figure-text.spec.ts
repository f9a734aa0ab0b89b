import { figureText } from './figure-text.js';

describe('figureText', () => {
  it.each([
    ['workflowsPerSecond', 3210.4, '3,210 workflows/s'],
    ['p50Ms', 1.934, 'p50 1.93 ms'],
    ['p99Ms', 19.34, 'p99 19.3 ms'],
    ['readModelLagMs', 12, 'read model lag 12 ms'],
    ['rssAsleepBytes', 157_286_400, 'rss asleep 150 MiB'],
    ['diskBytes', 812, 'disk 812 B'],
    ['replayUs', 0.4, 'replay 0.40 µs'],
    ['W9Share', 0.314, '31.4 % of W9'],
    ['stepsRepeated', 3, 'steps repeated 3'],
  ])('writes %s %d with its unit', (name, value, text) => {
    expect(figureText(name, value)).toBe(text);
  });
});

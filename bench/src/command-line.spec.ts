import { parseCommandLine } from './command-line.js';

const known = ['W1', 'W2', 'W10'];

describe('parseCommandLine', () => {
  it('takes workloads in any case, and defaults for the rest', () => {
    expect(parseCommandLine(['w1', 'W10'], known)).toEqual({
      workloads: ['W1', 'W10'],
      store: 'sqlite',
      seconds: 15,
      isProfiled: false,
    });
  });

  it('takes its options', () => {
    expect(
      parseCommandLine(
        ['--store', 'eventstoredb', '--seconds', '0.5', '--json', 'out.json', '--concurrency', '64', '--profile'],
        known,
      ),
    ).toEqual({
      workloads: [],
      store: 'eventstoredb',
      seconds: 0.5,
      json: 'out.json',
      concurrency: 64,
      isProfiled: true,
    });
  });

  it.each([
    [['W12'], /no workload W12; there are W1, W2, W10/],
    [['--seconds', 'long'], /--seconds takes a positive number/],
    [['--seconds', '0'], /--seconds takes a positive number/],
    [['--store', 'paper'], /no store "paper"/],
    [['--sekonds', '1'], /sekonds/],
  ])('refuses %j and says why', (args, message) => {
    expect(() => parseCommandLine(args, known)).toThrow(message);
  });
});

import { describe, expect, it } from '@jest/globals';
import { aFailure } from '../../../testing/src/builders/event-builders.contract.js';
import { stepContext } from './rehearsal.contract.js';
import { unwind, withUnwound, type Compensation } from './compensations.js';

function undo(stepId: number, name: string, calls: unknown[] = []): Compensation {
  return { stepId, name, result: { $date: stepId }, undo: (result) => calls.push(result) };
}

describe('unwind', () => {
  it('undoes newest first, one after the other', async () => {
    const log: string[] = [];
    const unwound = await unwind([undo(0, 'flight'), undo(1, 'hotel'), undo(2, 'car')], async ({ name }) => {
      log.push(`begin ${name}`);
      await Promise.resolve();
      log.push(`end ${name}`);
    });
    expect(log).toEqual(['begin car', 'end car', 'begin hotel', 'end hotel', 'begin flight', 'end flight']);
    expect(unwound).toEqual({ compensated: ['car', 'hotel', 'flight'], notCompensated: [] });
  });

  it('goes on after one that fails, whatever that throws', async () => {
    const unwound = await unwind([undo(0, 'flight'), undo(1, 'hotel'), undo(2, 'car')], ({ name }) =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- users do throw other things
      name === 'flight' ? Promise.resolve() : Promise.reject(name === 'hotel' ? new RangeError('closed') : 'no reason'),
    );
    expect(unwound.compensated).toEqual(['flight']);
    expect(unwound.notCompensated).toMatchObject([
      { step: 'car', failure: { type: 'Error', message: 'no reason' } },
      { step: 'hotel', failure: { type: 'RangeError', message: 'closed' } },
    ]);
  });

  it('hands a fresh value of the result to each attempt', async () => {
    const seen: unknown[] = [];
    await unwind([undo(7, 'car', seen)], async (_, work) => {
      await work(stepContext(9, 'compensate car'));
      await work(stepContext(9, 'compensate car'));
    });
    expect(seen).toEqual([new Date(7), new Date(7)]);
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('leaves the list alone, and does nothing with an empty one', async () => {
    const list = [undo(0, 'flight'), undo(1, 'hotel')];
    await unwind(list, () => Promise.resolve());
    expect(list.map(({ name }) => name)).toEqual(['flight', 'hotel']);
    expect(await unwind([], () => Promise.reject(new Error('never called')))).toEqual({
      compensated: [],
      notCompensated: [],
    });
  });
});

describe('withUnwound', () => {
  const unwound = { compensated: ['car'], notCompensated: [{ step: 'hotel', failure: aFailure({ stack: 'long' }) }] };
  const told = {
    compensated: ['car'],
    notCompensated: [{ step: 'hotel', type: 'OutOfStock', message: 'none left' }],
  };

  it('puts what was undone beside details of its own', () => {
    expect(withUnwound(aFailure({ details: { order: 7 } }), unwound).details).toEqual({ order: 7, ...told });
    expect(withUnwound(aFailure({ details: ['x'] }), unwound).details).toEqual({ details: ['x'], ...told });
    expect(withUnwound(aFailure({ details: 5 }), unwound).details).toEqual({ details: 5, ...told });
    expect(withUnwound(aFailure(), unwound).details).toEqual(told);
  });

  it('leaves out what could not be undone when there is nothing of it', () => {
    expect(withUnwound(aFailure(), { compensated: [], notCompensated: [] }).details).toEqual({ compensated: [] });
  });
});

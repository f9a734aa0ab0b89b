import type { HistoryEventView } from '@fermata/sdk';
import type { OrderCase } from '../data/orders.js';
import type { Action, Effect } from '../services/ledger.js';
import type { Evidence } from './evidence.js';
import { findMismatches } from './find-mismatches.js';
import type { ClosedRun } from './messages.js';

const order = {
  orderId: 'A-1',
  customer: 'ana@example.com',
  lines: [{ sku: 'TUN-CLIP', quantity: 2, unitPriceCents: 1_995 }],
  paymentToken: 'tok_visa_1',
};
const shipped: OrderCase = { order, approval: undefined, expected: { status: 'completed', totalCents: 3_990 } };
const undone: OrderCase = {
  order,
  approval: undefined,
  expected: { status: 'failed', code: 'PARCEL_REFUSED', compensated: ['charge card', 'reserve stock'] },
};
const receipt = { orderId: 'A-1', totalCents: 3_990, paymentId: 'pay-A-1', shipmentId: 'shp-A-1' };
const completed: ClosedRun = { orderId: 'A-1', outcome: { status: 'completed', receipt }, history: [outcomeOf(0)] };

function failed(code: string, compensated: readonly string[]): ClosedRun {
  const failure = { type: 'StepError', message: 'No.', code, details: { compensated } };
  return { orderId: 'A-1', outcome: { status: 'failed', failure }, history: [] };
}

function outcomeOf(stepId: number): HistoryEventView {
  return { revision: 1, position: 1, version: 1, type: 'StepSucceeded', timestamp: '', data: { stepId }, metadata: {} };
}

function effectsOf(...actions: readonly Action[]): readonly Effect[] {
  return actions.map((action, seq) => ({ seq, idempotencyKey: `k-${seq}`, orderId: 'A-1', action, at: 0 }));
}

function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    cases: [shipped],
    runs: new Map([['A-1', completed]]),
    effects: effectsOf('score', 'reserve', 'charge', 'ship'),
    calls: [],
    catalogue: {
      articles: [{ sku: 'TUN-CLIP', name: 'Tuner', unitPriceCents: 1_995, onHand: 10 }],
      carriers: { parcel: { name: 'P', callsMissed: 0 }, freight: { name: 'F', callsMissed: 4 } },
    },
    stock: new Map([['TUN-CLIP', 8]]),
    ...changes,
  };
}

function evidenceOfUndone(changes: Partial<Evidence> = {}): Evidence {
  return evidence({
    cases: [undone],
    runs: new Map([['A-1', failed('PARCEL_REFUSED', ['charge card', 'reserve stock'])]]),
    effects: effectsOf('score', 'reserve', 'charge', 'refund', 'release'),
    stock: new Map([['TUN-CLIP', 10]]),
    ...changes,
  });
}

describe('what the demo checks', () => {
  it('finds nothing where all is well', () => {
    expect(findMismatches(evidence())).toEqual([]);
    expect(findMismatches(evidenceOfUndone())).toEqual([]);
  });

  it.each<[string, Evidence, RegExp]>([
    ['a lost order', evidence({ runs: new Map() }), /A-1 is lost/],
    ['a wrong outcome', evidence({ runs: new Map([['A-1', failed('X', [])]]) }), /should have been shipped/],
    ['an effect that is missing', evidence({ effects: effectsOf('score', 'reserve', 'charge') }), /effects/],
    ['a charge twice', evidence({ effects: effectsOf('score', 'reserve', 'charge', 'charge', 'ship') }), /effects/],
    [
      'a reservation twice',
      evidence({ effects: effectsOf('reserve', 'reserve', 'score', 'charge', 'ship') }),
      /reserv/,
    ],
    ['a score twice', evidence({ effects: effectsOf('score', 'score', 'reserve', 'charge', 'ship') }), /scores/],
    [
      'two outcomes of a step',
      evidence({ runs: new Map([['A-1', { ...completed, history: [outcomeOf(3), outcomeOf(3)] }]]) }),
      /2 outcomes of step 3/,
    ],
    ['a wrong stock', evidence({ stock: new Map([['TUN-CLIP', 6]]) }), /stock of TUN-CLIP/],
    [
      'an order undone in the wrong order',
      evidenceOfUndone({ effects: effectsOf('score', 'reserve', 'charge', 'release', 'refund') }),
      /effects/,
    ],
    [
      'another failure than expected',
      evidenceOfUndone({ runs: new Map([['A-1', failed('CARD_DECLINED', ['charge card', 'reserve stock'])]]) }),
      /failure code/,
    ],
    [
      'a step that was not compensated',
      evidenceOfUndone({ runs: new Map([['A-1', failed('PARCEL_REFUSED', ['charge card'])]]) }),
      /compensated/,
    ],
    [
      'a carrier that missed fewer calls than it was down for',
      evidence({
        cases: [{ ...shipped, expected: { status: 'completed', totalCents: 3_990, carrierCallsMissed: 4 } }],
      }),
      /carrier missed/,
    ],
  ])('finds %s', (_, spoilt, message) => {
    expect(findMismatches(spoilt)).toEqual([expect.stringMatching(message)]);
  });
});

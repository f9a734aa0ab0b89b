import { isDeepStrictEqual } from 'node:util';
import type { ExpectedOutcome, OrderCase } from '../data/orders.js';
import type { Action } from '../services/ledger.js';
import type { Evidence } from './evidence.js';
import type { ClosedRun } from './messages.js';

/** What undoes the effect of a step, by the step's name. */
const undoing: Readonly<Record<string, Action>> = { 'charge card': 'refund', 'reserve stock': 'release' };

/** Everything that isn't as the orders' data calls for, one line each; nothing when all is well. */
export function findMismatches(evidence: Evidence): readonly string[] {
  return [...evidence.cases.flatMap((orderCase) => mismatchesOf(orderCase, evidence)), ...stockMismatches(evidence)];
}

function mismatchesOf({ order: { orderId }, expected }: OrderCase, evidence: Evidence): readonly string[] {
  const run = evidence.runs.get(orderId);
  if (run === undefined) return [`${orderId} is lost: its run never closed.`];
  return [
    ...outcomeMismatches(expected, run),
    ...effectMismatches(expected, orderId, evidence),
    ...historyMismatches(run),
    ...outageMismatches(expected, orderId, evidence),
  ].map((mismatch) => `${orderId} ${mismatch}`);
}

function outcomeMismatches(expected: ExpectedOutcome, { orderId, outcome }: ClosedRun): readonly string[] {
  if (expected.status === 'completed') {
    if (outcome.status !== 'completed')
      return [`failed with ${outcome.failure.message}, but should have been shipped.`];
    const receipt = {
      orderId,
      totalCents: expected.totalCents,
      paymentId: `pay-${orderId}`,
      shipmentId: `shp-${orderId}`,
    };
    return compare('receipt', receipt, outcome.receipt);
  }
  if (outcome.status !== 'failed') return [`was shipped, but should have failed with ${expected.code}.`];
  const { code, details } = outcome.failure;
  return [
    ...compare('failure code', expected.code, code),
    ...compare('list of compensated steps', expected.compensated, compensatedIn(details)),
  ];
}

function compensatedIn(details: unknown): unknown {
  const hasList = typeof details === 'object' && details !== null && 'compensated' in details;
  return hasList ? details.compensated : [];
}

/** Each effect once, none too many, and the undoing in its order. */
function effectMismatches(expected: ExpectedOutcome, orderId: string, { effects }: Evidence): readonly string[] {
  const happened = effects.filter((effect) => effect.orderId === orderId).map(({ action }) => action);
  // The order of the first two is open: they are asked for at the same time.
  const inOrder = happened.filter((action) => action !== 'reserve' && action !== 'score');
  const reserved = happened.filter((action) => action === 'reserve').length;
  const scored = happened.filter((action) => action === 'score').length;
  return [
    ...compare('effects', effectsOf(expected), inOrder),
    ...compare('number of reservations', isReserved(expected) ? 1 : 0, reserved),
    // What fails at once doesn't wait for its score.
    ...(isReserved(expected) || scored > 1 ? compare('number of fraud scores', 1, scored) : []),
  ];
}

function effectsOf(expected: ExpectedOutcome): readonly Action[] {
  if (expected.status === 'completed') return ['charge', 'ship'];
  const isCharged = expected.compensated.includes('charge card');
  const undone = expected.compensated.flatMap((step) => undoing[step] ?? []);
  return isCharged ? ['charge', ...undone] : undone;
}

function isReserved(expected: ExpectedOutcome): boolean {
  return expected.status === 'completed' || expected.compensated.includes('reserve stock');
}

/** One outcome a step. */
function historyMismatches({ history }: ClosedRun): readonly string[] {
  const outcomes = new Map<unknown, number>();
  for (const { type, data } of history) {
    if (type !== 'StepSucceeded' && type !== 'StepFailed') continue;
    const stepId = stepIdIn(data);
    outcomes.set(stepId, (outcomes.get(stepId) ?? 0) + 1);
  }
  return [...outcomes]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => `recorded ${count} outcomes of step ${String(id)}.`);
}

function stepIdIn(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'stepId' in data ? data.stepId : undefined;
}

function outageMismatches(expected: ExpectedOutcome, orderId: string, { calls }: Evidence): readonly string[] {
  if (expected.status !== 'completed' || expected.carrierCallsMissed === undefined) return [];
  const missed = calls.filter(
    (call) => call.orderId === orderId && call.action === 'ship' && call.answer === 'refused',
  );
  return compare('number of calls that the carrier missed', expected.carrierCallsMissed, missed.length);
}

/** What left the shelf is what was shipped. */
function stockMismatches({ cases, catalogue, stock }: Evidence): readonly string[] {
  const sold = new Map<string, number>();
  for (const { order, expected } of cases) {
    if (expected.status !== 'completed') continue;
    for (const { sku, quantity } of order.lines) sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  }
  return catalogue.articles.flatMap(({ sku, onHand }) =>
    compare(`stock of ${sku}`, onHand - (sold.get(sku) ?? 0), stock.get(sku)),
  );
}

function compare(what: string, expected: unknown, seen: unknown): readonly string[] {
  if (isDeepStrictEqual(expected, seen)) return [];
  return [`${what}: expected ${JSON.stringify(expected)}, but got ${JSON.stringify(seen)}.`];
}

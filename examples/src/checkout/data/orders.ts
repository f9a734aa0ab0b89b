import type { Approval } from '../approval.js';
import type { Order } from '../order.js';
import { readDataFile } from './data-file.js';

/** What an order's data calls for. */
export type ExpectedOutcome =
  | { readonly status: 'completed'; readonly totalCents: number; readonly carrierCallsMissed?: number }
  | { readonly status: 'failed'; readonly code: string; readonly compensated: readonly string[] };

/** An order, what the operator says to it if it is risky, and how it must end. */
export interface OrderCase {
  readonly order: Order;
  readonly approval: Approval | undefined;
  readonly expected: ExpectedOutcome;
}

/** @throws Error an order has no expected outcome */
export function loadOrderCases(): readonly OrderCase[] {
  const orders = readDataFile('orders.json') as readonly Order[];
  const approvals = readDataFile('approvals.json') as Readonly<Record<string, Approval>>;
  const outcomes = readDataFile('outcomes.json') as Readonly<Record<string, ExpectedOutcome>>;
  return orders.map((order) => {
    const expected = outcomes[order.orderId];
    if (expected === undefined) throw new Error(`outcomes.json says nothing of order ${order.orderId}.`);
    return { order, approval: approvals[order.orderId], expected };
  });
}

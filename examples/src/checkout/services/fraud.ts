import { totalCents, type Order } from '../order.js';
import type { Latency } from './latency.js';
import type { Ledger } from './ledger.js';

/** Above this a person must approve the order. */
export const riskMax = 0.8;

const riskOfAnyOrder = 0.05;
const riskOfPrepaidCard = 0.45;
const riskOfLargeTotal = 0.45;
const largeTotalCents = 150_000;

/** From 0 to 1: two things together make an order risky, a prepaid card and a total of 1,500.00 or more. */
export function riskOf(order: Order): number {
  const isPrepaid = order.paymentToken.startsWith('tok_prepaid_');
  const isLarge = totalCents(order) >= largeTotalCents;
  return riskOfAnyOrder + (isPrepaid ? riskOfPrepaidCard : 0) + (isLarge ? riskOfLargeTotal : 0);
}

/** The scoring service. */
export class FraudService {
  constructor(
    private readonly ledger: Ledger,
    private readonly latency: Latency,
  ) {}

  /** @returns the risk, from 0 to 1 */
  async score(order: Order, idempotencyKey: string): Promise<number> {
    const { orderId } = order;
    await this.latency();
    const risk = this.ledger.perform({ idempotencyKey, orderId, action: 'score', request: { orderId } }, () =>
      riskOf(order),
    );
    await this.latency();
    return risk;
  }
}

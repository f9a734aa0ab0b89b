import { totalCents, type Order } from '../order.js';
import type { Latency } from './latency.js';
import type { Ledger } from './ledger.js';

export interface Payment {
  readonly paymentId: string;
}

/** The bank said no, and will say so again. */
export class CardDeclined extends Error {
  override readonly name = 'CardDeclined';
  readonly code = 'CARD_DECLINED';

  constructor(orderId: string) {
    super(`The card for order ${orderId} was declined.`);
  }
}

/** The payment provider. Tokens that begin with `tok_declined_` are of cards that it declines. */
export class PaymentService {
  constructor(
    private readonly ledger: Ledger,
    private readonly latency: Latency,
  ) {}

  /** @throws CardDeclined and takes no money */
  async charge(order: Order, idempotencyKey: string): Promise<Payment> {
    const { orderId, paymentToken, currency = 'EUR' } = order;
    const request = { amountCents: totalCents(order), currency, paymentToken };
    await this.latency();
    const payment = this.ledger.perform({ idempotencyKey, orderId, action: 'charge', request }, () => {
      if (paymentToken.startsWith('tok_declined_')) throw new CardDeclined(orderId);
      return { paymentId: `pay-${orderId}` };
    });
    await this.latency();
    return payment;
  }

  async refund(order: Order, paymentId: string, idempotencyKey: string): Promise<void> {
    const { orderId } = order;
    await this.latency();
    this.ledger.perform({ idempotencyKey, orderId, action: 'refund', request: { paymentId } }, () => ({ paymentId }));
    await this.latency();
  }
}

import { defineWorkflow, TimeoutError, type WorkflowContext } from '@fermata/sdk';
import { approval } from './approval.js';
import { OrderRejected } from './order-rejected.js';
import { Order, totalCents } from './order.js';
import { progress, type Progress } from './progress.js';
import { Receipt } from './receipt.js';
import type { CheckoutServices } from './services/checkout-services.js';
import { riskMax } from './services/fraud.js';
import { OutOfStock } from './services/inventory.js';
import { CardDeclined } from './services/payments.js';
import { ParcelRefused } from './services/shipping.js';

/**
 * Reserves stock and scores the risk at the same time, waits for a person when the order is risky, charges the card and
 * ships. When that can't go on, what was done is undone, newest first. A step whose answer is lost in a crash is asked
 * again under the same key, so every service must know its keys.
 */
export function checkout({ inventory, fraud, payments, shipping }: CheckoutServices) {
  return defineWorkflow('checkout', { input: Order, output: Receipt, signals: [approval] }, async (ctx, order) => {
    let stage: Progress['stage'] = 'checking';
    ctx.onQuery(progress, () => ({ orderId: order.orderId, stage }));

    const [reservation, risk] = await Promise.all([
      ctx.step('reserve stock', ({ idempotencyKey }) => inventory.reserve(order, idempotencyKey), {
        retry: { nonRetryable: [OutOfStock] },
        timeout: '5s',
        compensate: ({ reservationId }, step) => inventory.release(order, reservationId, step.idempotencyKey),
      }),
      ctx.step('score fraud', ({ idempotencyKey }) => fraud.score(order, idempotencyKey), { timeout: '5s' }),
    ]);

    if (risk > riskMax) {
      stage = 'waiting for approval';
      if (!(await isApproved(ctx))) throw new OrderRejected(order.orderId);
    }

    stage = 'charging';
    const { paymentId } = await ctx.step('charge card', (step) => payments.charge(order, step.idempotencyKey), {
      retry: { nonRetryable: [CardDeclined] },
      timeout: '10s',
      compensate: (payment, step) => payments.refund(order, payment.paymentId, step.idempotencyKey),
    });

    stage = 'shipping';
    const { shipmentId } = await ctx.step(
      'ship',
      (step) => shipping.dispatch(order, reservation.reservationId, step.idempotencyKey),
      {
        // A carrier that is down comes back: ask again, soon at first, and then less and less often.
        retry: { initialInterval: '200ms', backoff: 2, maxInterval: '1 minute', nonRetryable: [ParcelRefused] },
        timeout: '10s',
      },
    );

    stage = 'shipped';
    return { orderId: order.orderId, totalCents: totalCents(order), paymentId, shipmentId };
  });
}

async function isApproved(ctx: WorkflowContext): Promise<boolean> {
  try {
    return (await ctx.signal(approval, { timeout: '2 days' })).approved;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  }
}

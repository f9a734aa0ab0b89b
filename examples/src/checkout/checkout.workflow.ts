import { Query, Signal, Workflow } from '@fermata/nestjs';
import { TimeoutError, type WorkflowContext } from '@fermata/sdk';
import { approval, type Approval } from './approval.js';
import { OrderRejected } from './order-rejected.js';
import { Order, totalCents } from './order.js';
import { progress, type Progress } from './progress.js';
import { Receipt } from './receipt.js';
import { FraudService, riskMax } from './services/fraud.js';
import { InventoryService, OutOfStock } from './services/inventory.js';
import { CardDeclined, PaymentService } from './services/payments.js';
import { ParcelRefused, ShippingService } from './services/shipping.js';

/** The checkout as a provider of a NestJS application: the same steps as the function form, with injected services. */
@Workflow('checkout', { input: Order, output: Receipt })
export class CheckoutWorkflow {
  // Each run has an instance of its own: its fields are the run's state, and replay brings them back.
  #progress: Progress = { orderId: '', stage: 'checking' };
  #decision: Approval | undefined;

  constructor(
    private readonly inventory: InventoryService,
    private readonly fraud: FraudService,
    private readonly payments: PaymentService,
    private readonly shipping: ShippingService,
  ) {}

  async run(ctx: WorkflowContext, order: Order): Promise<Receipt> {
    const { orderId } = order;
    this.#progress = { orderId, stage: 'checking' };
    const [{ reservationId }, risk] = await Promise.all([
      ctx.step('reserve stock', (step) => this.inventory.reserve(order, step.idempotencyKey), {
        retry: { nonRetryable: [OutOfStock] },
        timeout: '5s',
        compensate: (reservation, step) =>
          this.inventory.release(order, reservation.reservationId, step.idempotencyKey),
      }),
      ctx.step('score fraud', (step) => this.fraud.score(order, step.idempotencyKey), { timeout: '5s' }),
    ]);

    if (risk > riskMax) {
      this.#progress = { orderId, stage: 'waiting for approval' };
      if (!(await this.#isApproved(ctx))) throw new OrderRejected(orderId);
    }

    this.#progress = { orderId, stage: 'charging' };
    const { paymentId } = await ctx.step('charge card', (step) => this.payments.charge(order, step.idempotencyKey), {
      retry: { nonRetryable: [CardDeclined] },
      timeout: '10s',
      compensate: (payment, step) => this.payments.refund(order, payment.paymentId, step.idempotencyKey),
    });

    this.#progress = { orderId, stage: 'shipping' };
    const { shipmentId } = await ctx.step(
      'ship',
      (step) => this.shipping.dispatch(order, reservationId, step.idempotencyKey),
      {
        retry: { initialInterval: '200ms', backoff: 2, maxInterval: '1 minute', nonRetryable: [ParcelRefused] },
        timeout: '10s',
      },
    );

    this.#progress = { orderId, stage: 'shipped' };
    return { orderId, totalCents: totalCents(order), paymentId, shipmentId };
  }

  /** Takes a decision that comes while nobody waits for one. */
  @Signal(approval)
  onApproval(decision: Approval): void {
    this.#decision ??= decision;
  }

  @Query(progress)
  progress(): Progress {
    return this.#progress;
  }

  async #isApproved(ctx: WorkflowContext): Promise<boolean> {
    try {
      const decision = this.#decision ?? (await ctx.signal(approval, { timeout: '2 days' }));
      return decision.approved;
    } catch (error) {
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }
}

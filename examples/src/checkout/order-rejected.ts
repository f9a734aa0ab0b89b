/** A risky order that nobody approved in time, or that somebody turned down. */
export class OrderRejected extends Error {
  override readonly name = 'OrderRejected';
  readonly code = 'ORDER_REJECTED';

  constructor(orderId: string) {
    super(`Order ${orderId} was not approved.`);
  }
}

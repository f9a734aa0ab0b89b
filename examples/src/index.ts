import type { AnyWorkflow } from '@fermata/sdk';
import { checkout } from './checkout/checkout.js';
import { simulatedServices, type CheckoutServices } from './checkout/services/checkout-services.js';
import { counter } from './counter/counter.js';
import { expense } from './expense/expense.js';
import { family } from './family/family.js';
import { fanOut } from './fan-out/fan-out.js';
import { flaky } from './flaky/flaky.js';
import { nap } from './nap/nap.js';
import { sequence } from './sequence/sequence.js';
import { ticker } from './ticker/ticker.js';
import { trip } from './trip/trip.js';

export { checkout, counter, expense, family, fanOut, flaky, nap, sequence, ticker, trip };
export { approval, type Approval } from './checkout/approval.js';
export { Order, OrderLine } from './checkout/order.js';
export { progress, type Progress } from './checkout/progress.js';
export type { Receipt } from './checkout/receipt.js';
export { simulatedServices, type CheckoutServices } from './checkout/services/checkout-services.js';
export { add, addAndGet, stop, value } from './counter/counter.js';
export { decide, expenseState, type ExpenseState } from './expense/expense.js';

/** All example workflows. Default: the checkout's services keep their books in memory and answer at once. */
export function exampleWorkflows(services: CheckoutServices = simulatedServices()): readonly AnyWorkflow[] {
  return [checkout(services), sequence, fanOut, counter, nap, flaky, trip, family, expense, ticker];
}

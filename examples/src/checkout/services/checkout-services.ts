import { loadCatalogue } from '../data/catalogue.js';
import { FraudService } from './fraud.js';
import { InventoryService } from './inventory.js';
import { noLatency, type Latency } from './latency.js';
import { Ledger } from './ledger.js';
import { PaymentService } from './payments.js';
import { ShippingService } from './shipping.js';

/** What the checkout asks to do its work. */
export interface CheckoutServices {
  readonly inventory: InventoryService;
  readonly fraud: FraudService;
  readonly payments: PaymentService;
  readonly shipping: ShippingService;
}

/** The simulated shop: its services keep their books in one ledger. Default: in memory, and they answer at once. */
export function simulatedServices(
  ledger: Ledger = Ledger.open(':memory:'),
  latency: Latency = noLatency,
): CheckoutServices {
  const catalogue = loadCatalogue();
  return {
    inventory: new InventoryService(ledger, catalogue, latency),
    fraud: new FraudService(ledger, latency),
    payments: new PaymentService(ledger, latency),
    shipping: new ShippingService(ledger, catalogue, latency),
  };
}

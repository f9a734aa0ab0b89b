import { Module, type DynamicModule } from '@nestjs/common';
import { CheckoutWorkflow } from './checkout.workflow.js';
import { simulatedServices, type CheckoutServices } from './services/checkout-services.js';
import { FraudService } from './services/fraud.js';
import { InventoryService } from './services/inventory.js';
import { PaymentService } from './services/payments.js';
import { ShippingService } from './services/shipping.js';

/** The shop in a NestJS application: its services and its workflow. */
@Module({})
export class ShopModule {
  static with(services: CheckoutServices = simulatedServices()): DynamicModule {
    return {
      module: ShopModule,
      providers: [
        { provide: InventoryService, useValue: services.inventory },
        { provide: FraudService, useValue: services.fraud },
        { provide: PaymentService, useValue: services.payments },
        { provide: ShippingService, useValue: services.shipping },
        CheckoutWorkflow,
      ],
    };
  }
}

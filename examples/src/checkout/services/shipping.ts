import type { Catalogue } from '../data/catalogue.js';
import type { Order } from '../order.js';
import type { Latency } from './latency.js';
import type { Ledger, ServiceCall } from './ledger.js';

export interface Shipment {
  readonly shipmentId: string;
}

/** The carrier doesn't answer at present. */
class CarrierDown extends Error {
  override readonly name = 'CarrierDown';
  readonly code = 'CARRIER_DOWN';

  constructor(carrier: string) {
    super(`${carrier} doesn't answer.`);
  }
}

/** No carrier takes this parcel, today or tomorrow. */
export class ParcelRefused extends Error {
  override readonly name = 'ParcelRefused';
  readonly code = 'PARCEL_REFUSED';

  constructor(sku: string) {
    super(`No carrier takes ${sku}.`);
  }
}

/** The dispatch desk: picks the carrier and hands the parcel over. A carrier may be down for its first calls. */
export class ShippingService {
  constructor(
    private readonly ledger: Ledger,
    private readonly catalogue: Catalogue,
    private readonly latency: Latency,
  ) {
    ledger.database.exec(
      'CREATE TABLE IF NOT EXISTS outages (carrier TEXT PRIMARY KEY, calls_left INTEGER NOT NULL) STRICT',
    );
    const announce = ledger.database.prepare('INSERT OR IGNORE INTO outages (carrier, calls_left) VALUES (?, ?)');
    for (const { name, callsMissed } of Object.values(catalogue.carriers)) announce.run(name, callsMissed);
  }

  /**
   * @throws CarrierDown for the time being
   * @throws ParcelRefused for good
   */
  async dispatch(order: Order, reservationId: string, idempotencyKey: string): Promise<Shipment> {
    const { orderId, lines } = order;
    const call: ServiceCall = { idempotencyKey, orderId, action: 'ship', request: { reservationId, lines } };
    await this.latency();
    this.#reach(this.#carrierOf(order), call);
    const shipment = this.ledger.perform(call, () => {
      for (const { sku } of lines) if (this.#articleOf(sku)?.isRefused) throw new ParcelRefused(sku);
      return { shipmentId: `shp-${orderId}` };
    });
    await this.latency();
    return shipment;
  }

  #reach(carrier: string, call: ServiceCall): void {
    const { changes } = this.ledger.database
      .prepare('UPDATE outages SET calls_left = calls_left - 1 WHERE carrier = ? AND calls_left > 0')
      .run(carrier);
    if (changes === 0) return;
    this.ledger.refuse(call);
    throw new CarrierDown(carrier);
  }

  #carrierOf({ lines }: Order): string {
    const { freight, parcel } = this.catalogue.carriers;
    return lines.some(({ sku }) => this.#articleOf(sku)?.isBulky) ? freight.name : parcel.name;
  }

  #articleOf(sku: string) {
    return this.catalogue.articles.find((article) => article.sku === sku);
  }
}

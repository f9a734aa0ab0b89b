import type { Catalogue } from '../data/catalogue.js';
import type { Order, OrderLine } from '../order.js';
import type { Latency } from './latency.js';
import type { Ledger } from './ledger.js';

export interface Reservation {
  readonly reservationId: string;
}

/** There is less of an article than the order wants. Asking again doesn't make more of it. */
export class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
  readonly code = 'OUT_OF_STOCK';
  readonly details: { readonly sku: string };

  constructor({ sku, quantity }: OrderLine) {
    super(`There are fewer than ${quantity} of ${sku} in stock.`);
    this.details = { sku };
  }
}

/** What is on the shelf, by article, according to a shop's books. */
export function stockIn(ledger: Ledger): ReadonlyMap<string, number> {
  const rows = ledger.database.prepare('SELECT sku, on_hand FROM stock').all();
  return new Map(rows.map((row) => [String(row['sku']), Number(row['on_hand'])]));
}

/** The warehouse. An article that isn't in the catalogue is made to order and never runs out. */
export class InventoryService {
  constructor(
    private readonly ledger: Ledger,
    catalogue: Catalogue,
    private readonly latency: Latency,
  ) {
    ledger.database.exec('CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, on_hand INTEGER NOT NULL) STRICT');
    const shelve = ledger.database.prepare('INSERT OR IGNORE INTO stock (sku, on_hand) VALUES (?, ?)');
    for (const { sku, onHand } of catalogue.articles) shelve.run(sku, onHand);
  }

  /** @throws OutOfStock and reserves nothing */
  async reserve(order: Order, idempotencyKey: string): Promise<Reservation> {
    const { orderId, lines } = order;
    await this.latency();
    const reservation = this.ledger.perform({ idempotencyKey, orderId, action: 'reserve', request: { lines } }, () => {
      for (const line of lines) this.#take(line);
      return { reservationId: `rsv-${orderId}` };
    });
    await this.latency();
    return reservation;
  }

  async release(order: Order, reservationId: string, idempotencyKey: string): Promise<void> {
    const { orderId, lines } = order;
    await this.latency();
    this.ledger.perform({ idempotencyKey, orderId, action: 'release', request: { reservationId } }, () => {
      for (const line of lines) this.#putBack(line);
      return { reservationId };
    });
    await this.latency();
  }

  #onHand(sku: string): number | undefined {
    const row = this.ledger.database.prepare('SELECT on_hand FROM stock WHERE sku = ?').get(sku);
    return row === undefined ? undefined : Number(row['on_hand']);
  }

  #take(line: OrderLine): void {
    const onHand = this.#onHand(line.sku);
    if (onHand === undefined) return;
    if (onHand < line.quantity) throw new OutOfStock(line);
    this.#setOnHand(line.sku, onHand - line.quantity);
  }

  #putBack({ sku, quantity }: OrderLine): void {
    const onHand = this.#onHand(sku);
    if (onHand !== undefined) this.#setOnHand(sku, onHand + quantity);
  }

  #setOnHand(sku: string, onHand: number): void {
    this.ledger.database.prepare('UPDATE stock SET on_hand = ? WHERE sku = ?').run(onHand, sku);
  }
}

import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Approval } from '../approval.js';
import { Order } from '../order.js';
import { riskMax, riskOf } from '../services/fraud.js';
import { loadCatalogue } from './catalogue.js';
import { makeOrders } from './make-orders.js';
import { loadOrderCases } from './orders.js';

const cases = loadOrderCases();

describe("the example's data", () => {
  it('is what its script makes', () => {
    expect(cases).toEqual(makeOrders(1742, loadCatalogue()));
  });

  it('has 200 valid orders of articles in the catalogue, at its prices', () => {
    const prices = new Map(loadCatalogue().articles.map(({ sku, unitPriceCents }) => [sku, unitPriceCents]));
    expect(new Set(cases.map(({ order }) => order.orderId)).size).toBe(200);
    for (const { order } of cases) {
      expect(validateSync(plainToInstance(Order, order), { forbidNonWhitelisted: true, whitelist: true })).toEqual([]);
      for (const { sku, unitPriceCents } of order.lines) expect(prices.get(sku)).toBe(unitPriceCents);
    }
  });

  it('has a decision for each risky order and for no other', () => {
    for (const { order, approval } of cases) {
      expect({ orderId: order.orderId, isDecided: approval !== undefined }).toEqual({
        orderId: order.orderId,
        isDecided: riskOf(order) > riskMax,
      });
      if (approval) expect(Approval.parse(approval)).toEqual(approval);
    }
  });
});

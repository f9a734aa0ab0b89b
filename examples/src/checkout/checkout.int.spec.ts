import type { FermataClient } from '@fermata/sdk';
import { setTimeout as pause } from 'node:timers/promises';
import { TemporaryEngine } from '../testing/temporary-engine.js';
import { approval } from './approval.js';
import { checkout } from './checkout.js';
import type { Order } from './order.js';
import { progress } from './progress.js';
import { simulatedServices } from './services/checkout-services.js';
import { stockIn } from './services/inventory.js';
import { noLatency } from './services/latency.js';
import { Ledger } from './services/ledger.js';

const dayMs = 24 * 3_600_000;

function openShop() {
  const ledger = Ledger.open(':memory:');
  return { ledger, workflow: checkout(simulatedServices(ledger, noLatency)) };
}

function anOrder(changes: Partial<Order> = {}): Order {
  const lines = [{ sku: 'TUN-CLIP', quantity: 2, unitPriceCents: 1_995 }];
  return { orderId: 'A-1', customer: 'ana@example.com', lines, paymentToken: 'tok_visa_1', ...changes };
}

/** 1,890.00 with a prepaid card. */
const risky: Partial<Order> = {
  lines: [{ sku: 'VLN-MASTER', quantity: 1, unitPriceCents: 189_000 }],
  paymentToken: 'tok_prepaid_1',
};

function actionsIn(ledger: Ledger): readonly string[] {
  return ledger.effects().map(({ action }) => action);
}

async function startRisky(client: FermataClient, workflow: ReturnType<typeof checkout>) {
  const run = await client.start(workflow, { input: anOrder(risky) });
  while ((await run.query(progress)).stage !== 'waiting for approval') await pause(1);
  return run;
}

describe('checkout', () => {
  it('reserves, scores, charges and ships, each once, and gives the receipt', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const run = await engine.client.start(workflow, { input: anOrder() });
    expect(await run.result()).toEqual({
      orderId: 'A-1',
      totalCents: 3_990,
      paymentId: 'pay-A-1',
      shipmentId: 'shp-A-1',
    });
    expect(actionsIn(ledger).toSorted()).toEqual(['charge', 'reserve', 'score', 'ship']);
    expect(await run.query(progress)).toEqual({ orderId: 'A-1', stage: 'shipped' });
  });

  it('undoes nothing when an article is out of stock, and does not ask for it again', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const lines = [{ sku: 'LTD-PEDAL-78', quantity: 1, unitPriceCents: 24_900 }];
    const run = await engine.client.start(workflow, { input: anOrder({ lines }) });
    await expect(run.result()).rejects.toMatchObject({ code: 'OUT_OF_STOCK', details: { sku: 'LTD-PEDAL-78' } });
    expect(ledger.calls().filter(({ action }) => action === 'reserve')).toHaveLength(1);
    expect(actionsIn(ledger)).not.toContain('release');
  });

  it('puts the stock back when the card is declined', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const before = stockIn(ledger);
    const run = await engine.client.start(workflow, { input: anOrder({ paymentToken: 'tok_declined_1' }) });
    await expect(run.result()).rejects.toMatchObject({
      code: 'CARD_DECLINED',
      details: { compensated: ['reserve stock'] },
    });
    expect(actionsIn(ledger)).toEqual(expect.arrayContaining(['reserve', 'release']));
    expect(stockIn(ledger)).toEqual(before);
  });

  it('refunds the payment and then puts the stock back when no carrier takes the parcel', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const lines = [{ sku: 'LAC-SPRAY', quantity: 1, unitPriceCents: 1_750 }];
    const run = await engine.client.start(workflow, { input: anOrder({ lines }) });
    await expect(run.result()).rejects.toMatchObject({
      code: 'PARCEL_REFUSED',
      details: { compensated: ['charge card', 'reserve stock'] },
    });
    expect(actionsIn(ledger).slice(-3)).toEqual(['charge', 'refund', 'release']);
  });

  it('asks a carrier that is down again until it is back', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const lines = [{ sku: 'PNO-DIG-88', quantity: 1, unitPriceCents: 129_900 }];
    const run = await engine.client.start(workflow, { input: anOrder({ lines }) });
    await run.result();
    const answers = ledger
      .calls()
      .filter(({ action }) => action === 'ship')
      .map(({ answer }) => answer);
    expect(answers).toEqual(['refused', 'refused', 'refused', 'refused', 'done']);
  });

  it('waits for approval of a risky order, and goes on when it comes', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const run = await startRisky(engine.client, workflow);
    expect(actionsIn(ledger)).not.toContain('charge');
    await run.signal(approval, { approved: true, by: 'petra' });
    expect(await run.result()).toMatchObject({ totalCents: 189_000 });
  });

  it('takes an approval that came before it was asked for', async () => {
    const { workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const run = await engine.client.start(workflow, { input: anOrder(risky) });
    await run.signal(approval, { approved: true, by: 'petra' });
    expect(await run.result()).toMatchObject({ orderId: 'A-1' });
  });

  it('puts the stock back when a risky order is turned down', async () => {
    const { ledger, workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const run = await startRisky(engine.client, workflow);
    await run.signal(approval, { approved: false, by: 'petra' });
    await expect(run.result()).rejects.toMatchObject({
      code: 'ORDER_REJECTED',
      details: { compensated: ['reserve stock'] },
    });
    expect(actionsIn(ledger)).not.toContain('charge');
  });

  it('rejects a risky order that nobody looked at for two days, across a restart', async () => {
    const { workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const { workflowId } = await startRisky(engine.client, workflow);
    await engine.restart();
    const run = engine.client.handle(workflow, workflowId);
    engine.clock.moveOn(2 * dayMs - 60_000);
    expect(await run.query(progress)).toMatchObject({ stage: 'waiting for approval' });
    engine.clock.moveOn(60_000);
    await expect(run.result()).rejects.toMatchObject({ code: 'ORDER_REJECTED' });
  });

  it('refuses an order with every problem that it has', async () => {
    const { workflow } = openShop();
    await using engine = await TemporaryEngine.open(workflow);
    const input = {
      orderId: '',
      customer: 'ana',
      lines: [{ sku: 'X', quantity: 0, unitPriceCents: 1 }],
      paymentToken: 't',
    };
    await expect(engine.client.start('checkout', { input })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: {
        problems: expect.arrayContaining([
          expect.objectContaining({ path: 'orderId' }),
          expect.objectContaining({ path: 'lines.0.quantity' }),
        ]),
      },
    });
  });
});

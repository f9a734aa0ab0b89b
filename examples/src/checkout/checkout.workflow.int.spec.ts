import { FermataModule, FermataNode } from '@fermata/nestjs';
import type { Logger } from '@fermata/sdk';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { approval } from './approval.js';
import type { Order } from './order.js';
import { progress, type Progress } from './progress.js';
import { simulatedServices } from './services/checkout-services.js';
import { Ledger } from './services/ledger.js';
import { ShopModule } from './shop.module.js';

function aRiskyOrder(orderId: string, paymentToken = 'tok_prepaid_1'): Order {
  const lines = [{ sku: 'SAX-ALTO-PRO', quantity: 1, unitPriceCents: 264_900 }];
  return { orderId, customer: 'ana@example.com', lines, paymentToken };
}

const nothing = (): void => undefined;
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('the checkout as a class in a NestJS application', () => {
  let folder: string;
  let ledger: Ledger;
  let app: INestApplicationContext;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fermata-shop-'));
    ledger = Ledger.open(':memory:');

    @Module({
      imports: [
        FermataModule.forRoot({ store: `sqlite:${join(folder, 'fermata.db')}`, logger: silent }),
        ShopModule.with(simulatedServices(ledger)),
      ],
    })
    class ShopApplication {}
    app = await NestFactory.createApplicationContext(ShopApplication, { logger: false });
  });

  afterAll(async () => {
    await app.close();
    ledger[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const client = () => app.get(FermataNode).client;
  const actionsOf = (orderId: string) =>
    ledger.effects().flatMap((effect) => (effect.orderId === orderId ? [effect.action] : []));

  async function until(workflowId: string, stage: Progress['stage']): Promise<void> {
    while ((await client().handle(workflowId).query(progress)).stage !== stage) await pause(1);
  }

  it('ships with the services that were injected, a large order by an ordinary card', async () => {
    const run = await client().start('checkout', { input: aRiskyOrder('A-2', 'tok_visa_1') });
    expect(await run.result()).toEqual({
      orderId: 'A-2',
      totalCents: 264_900,
      paymentId: 'pay-A-2',
      shipmentId: 'shp-A-2',
    });
    expect(actionsOf('A-2').toSorted()).toEqual(['charge', 'reserve', 'score', 'ship']);
  });

  it('takes an approval that comes while it waits', async () => {
    const run = await client().start('checkout', { input: aRiskyOrder('A-1') });
    await until(run.workflowId, 'waiting for approval');
    await run.signal(approval, { approved: true, by: 'petra' });
    expect(await run.result()).toMatchObject({ orderId: 'A-1' });
  });

  it('takes an approval that comes before it waits', async () => {
    const run = await client().start('checkout', { input: aRiskyOrder('A-3') });
    await run.signal(approval, { approved: true, by: 'petra' });
    expect(await run.result()).toMatchObject({ orderId: 'A-3' });
  });

  it('undoes a rejected order, and keeps the state of each run apart', async () => {
    const [rejected, waiting] = await Promise.all(
      ['A-4', 'A-5'].map((orderId) => client().start('checkout', { workflowId: orderId, input: aRiskyOrder(orderId) })),
    );
    await Promise.all([until('A-4', 'waiting for approval'), until('A-5', 'waiting for approval')]);
    await rejected?.signal(approval, { approved: false, by: 'petra' });
    await expect(rejected?.result()).rejects.toMatchObject({
      code: 'ORDER_REJECTED',
      details: { compensated: ['reserve stock'] },
    });
    expect(actionsOf('A-4')).toContain('release');
    expect(await waiting?.query(progress)).toEqual({ orderId: 'A-5', stage: 'waiting for approval' });
  });

  it('refuses a signal that is no approval', async () => {
    const run = await client().start('checkout', { input: aRiskyOrder('A-6') });
    await expect(run.signal('approval', { approved: 'perhaps' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

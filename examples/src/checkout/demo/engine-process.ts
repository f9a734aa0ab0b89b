import { createFermata, WorkflowFailedError } from '@fermata/sdk';
import { approval } from '../approval.js';
import { checkout } from '../checkout.js';
import { loadOrderCases } from '../data/orders.js';
import type { Order } from '../order.js';
import { schemaOf } from '../schema-of.js';
import { simulatedServices } from '../services/checkout-services.js';
import { latencyBetween } from '../services/latency.js';
import { Ledger } from '../services/ledger.js';
import { demoFilesIn } from './demo-files.js';
import type { ClosedRun, EngineMessage, EngineOrder } from './messages.js';

/**
 * The process that the demo kills: `engine-process <folder> <number of orders>`. It starts every order, each time that
 * it is started: the request ID makes the second time answer with the first run.
 */
const [folder = '.', orderCount = '0'] = process.argv.slice(2);
const files = demoFilesIn(folder);
const ledger = Ledger.open(files.ledger);
/** On the way to a service and on the way back, in milliseconds. */
const services = simulatedServices(ledger, latencyBetween(3, 30));
const workflow = checkout(services);

tell({ type: 'opening', at: Date.now() });
const { store, readModel, namespace } = files;
const fermata = await createFermata({ store, readModel, namespace, workflows: [workflow], schemaOf });

process.on('message', (message) => {
  // Only the demo writes to this channel.
  obey(message as EngineOrder).catch(fail);
});
// The demo is gone: so is the reason to run.
process.once('disconnect', () => process.exit(1));

const orders = loadOrderCases()
  .slice(0, Number(orderCount))
  .map(({ order }) => order);
await Promise.all(orders.map(start));
tell({ type: 'started' });
await Promise.all(orders.map(async (order) => tell({ type: 'closed', run: await closingOf(order) }))).catch(fail);

async function start(order: Order): Promise<void> {
  await fermata.client.start(workflow, { workflowId: order.orderId, input: order, requestId: order.orderId });
}

async function closingOf({ orderId }: Order): Promise<ClosedRun> {
  const handle = fermata.client.handle(workflow, orderId);
  const outcome = await handle.result().then(
    (receipt): ClosedRun['outcome'] => ({ status: 'completed', receipt }),
    (error: unknown): ClosedRun['outcome'] => {
      if (error instanceof WorkflowFailedError) return { status: 'failed', failure: error.failure };
      throw error;
    },
  );
  return { orderId, outcome, history: (await handle.history()).events };
}

async function obey(message: EngineOrder): Promise<void> {
  if (message.type === 'stop') return stop();
  const handle = fermata.client.handle(workflow, message.orderId);
  await handle.signal(approval, message.approval, { requestId: `approval of ${message.orderId}` });
  tell({ type: 'approved', orderId: message.orderId });
}

async function stop(): Promise<void> {
  await fermata.close();
  ledger[Symbol.dispose]();
  process.exit(0);
}

function tell(message: EngineMessage): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  tell({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
  process.disconnect();
}

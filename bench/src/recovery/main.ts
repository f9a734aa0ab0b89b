/** The engine process of W7: it starts the workflows and is killed, or takes them up again. */
import { createFermata, defineWorkflow } from '@fermata/sdk';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensure } from '../measure/ensure.js';
import { writeLedger } from './ledger.js';
import { recoveryIds, recoveryPlan, type RecoveryMessage, type RecoveryOrder } from './plan.js';

const say = (message: RecoveryMessage): void => void process.send?.(message);

// The parent made it from a RecoveryOrder.
const { task, folder, ledger } = JSON.parse(process.argv[2] ?? '{}') as RecoveryOrder;

const recovered = defineWorkflow<{ readonly steps: number }, { readonly last: number }>(
  'recovered',
  async (ctx, { steps }) => {
    let last = -1;
    for (let i = 0; i < steps; i++) {
      const result = await ctx.step('step', async (step) => {
        writeLedger(ledger, step);
        await pause(recoveryPlan.stepMs);
        return { i };
      });
      last = result.i;
    }
    return { last };
  },
);

const fermata = await createFermata({
  store: `sqlite:${join(folder, 'log.db')}`,
  readModel: `sqlite:${join(folder, 'read-model.db')}`,
  workflows: [recovered],
});
say('ready');
await Promise.all(recoveryIds.map((workflowId) => (task === 'start' ? start(workflowId) : finish(workflowId))));
if (task === 'finish') {
  say('complete');
  await fermata.close();
  process.disconnect();
}

async function start(workflowId: string): Promise<void> {
  await fermata.client.start(recovered, { workflowId, input: { steps: recoveryPlan.steps } });
}

async function finish(workflowId: string): Promise<void> {
  const { last } = await fermata.client.handle(recovered, workflowId).result();
  ensure(last === recoveryPlan.steps - 1, `${workflowId} ended with ${last}`);
}

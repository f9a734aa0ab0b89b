import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createFermata } from '@fermata/sdk';
import { survivorIn } from './survivor.js';

/** Starts runs until it is killed, and says which starts were acknowledged. */
const [folder = '.', round = '0'] = process.argv.slice(2);
const survivor = survivorIn(folder);
const { client } = await createFermata({ store: `sqlite:${join(folder, 'log.db')}`, workflows: [survivor] });
for (let n = 0; n < 10_000; n += 5) {
  await Promise.all(
    [0, 1, 2, 3, 4].map(async (offset) => {
      const workflowId = `${round}-${n + offset}`;
      await client.start(survivor, { workflowId, input: { n: n + offset } });
      writeSync(1, `${workflowId}\n`);
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 2));
}

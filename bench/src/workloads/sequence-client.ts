import { sequence } from '@fermata/examples';
import { BenchNode } from '../engine/bench-node.js';
import { ServerProcess } from '../engine/server-process.js';
import { ensure } from '../measure/ensure.js';
import type { Job } from '../workload.js';

/** Runs `sequence` workflows as a client does, and sees that each gives the right result. */
export interface SequenceClient extends AsyncDisposable {
  run(steps: number): Promise<void>;
  readModelLagMs(): Promise<number>;
  /** How often a step was executed, where the client can see it. */
  stepsExecuted(): number | undefined;
}

export async function openSequenceClient({ setting, folder }: Job): Promise<SequenceClient> {
  return setting.client === 'http'
    ? overHttp(await ServerProcess.start(folder, setting.store))
    : inProcess(await BenchNode.open(folder, setting.store));
}

function inProcess(node: BenchNode): SequenceClient {
  const { client } = node.fermata;
  return {
    async run(steps) {
      const handle = await client.start(sequence, { input: { steps } });
      checkResult(await handle.result(), steps);
    },
    readModelLagMs: () => node.readModelLagMs(),
    stepsExecuted: () => node.stepsExecutedAt.length,
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

function overHttp(server: ServerProcess): SequenceClient {
  let position = 0;
  return {
    async run(steps) {
      const started = await server.start(sequence.type, { steps });
      position = Math.max(position, started.position);
      checkResult(await server.result(started.workflowId), steps);
    },
    async readModelLagMs() {
      const began = performance.now();
      await server.listAt(position);
      return performance.now() - began;
    },
    stepsExecuted: () => undefined,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function checkResult(result: unknown, steps: number): void {
  const last = typeof result === 'object' && result !== null && 'last' in result ? result.last : undefined;
  ensure(last === steps - 1, `a sequence of ${steps} steps gave ${JSON.stringify(result)}`);
}

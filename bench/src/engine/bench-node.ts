import { counter, fanOut, nap, sequence } from '@fermata/examples';
import { createFermata, type Fermata } from '@fermata/sdk';
import { join } from 'node:path';
import type { Setting } from '../workload.js';
import { benchStoreIn } from './bench-store.js';
import { noteSteps } from './step-counting.js';

const readModelFileOf = (folder: string): string => join(folder, 'read-model.db');

/** The engine in this process, on a store in `folder`, with the example workflows that the workloads run. */
export class BenchNode implements AsyncDisposable {
  private constructor(
    readonly fermata: Fermata,
    /** When each step was executed, in `performance.now()`'s milliseconds. */
    readonly stepsExecutedAt: number[],
  ) {}

  static async open(folder: string, kind: Setting['store'] = 'sqlite'): Promise<BenchNode> {
    const { address, namespace } = benchStoreIn(folder, kind);
    const executedAt: number[] = [];
    const note = (): void => void executedAt.push(performance.now());
    const fermata = await createFermata({
      store: address,
      namespace,
      readModel: `sqlite:${readModelFileOf(folder)}`,
      workflows: [noteSteps(sequence, note), noteSteps(fanOut, note), counter, nap],
    });
    return new BenchNode(fermata, executedAt);
  }

  /** How long the read model needs to reach what is durable now. */
  async readModelLagMs(): Promise<number> {
    const { projector } = this.fermata.engine;
    const began = performance.now();
    await projector.waitFor(projector.position + (await projector.lag()), Infinity);
    return performance.now() - began;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fermata.close();
  }
}

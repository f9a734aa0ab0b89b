import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFermata, type AnyWorkflow, type Fermata, type FermataClient, type HistoryEventView } from '@fermata/sdk';
import { schemaOf } from '../checkout/schema-of.js';
import { AdjustableClock } from './adjustable-clock.js';

/** An engine on a store of its own, which is removed with it. */
export class TemporaryEngine implements AsyncDisposable {
  private constructor(
    private readonly folder: string,
    private readonly workflows: readonly AnyWorkflow[],
    readonly clock: AdjustableClock,
    private fermata: Fermata,
  ) {}

  static async open(...workflows: readonly AnyWorkflow[]): Promise<TemporaryEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'fermata-example-'));
    const clock = new AdjustableClock();
    return new TemporaryEngine(folder, workflows, clock, await openIn(folder, workflows, clock));
  }

  get client(): FermataClient {
    return this.fermata.client;
  }

  /** All that is on record of the newest run by now. */
  async historyOf({ workflowId }: { readonly workflowId: string }): Promise<readonly HistoryEventView[]> {
    return (await this.client.handle(workflowId).history()).events;
  }

  /** Closes the engine and opens it again on the same store, with nothing left in memory. */
  async restart(): Promise<void> {
    await this.fermata.close();
    this.fermata = await openIn(this.folder, this.workflows, this.clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fermata.close();
    rmSync(this.folder, { recursive: true });
  }
}

function openIn(folder: string, workflows: readonly AnyWorkflow[], clock: AdjustableClock): Promise<Fermata> {
  return createFermata({ store: `sqlite:${join(folder, 'fermata.db')}`, workflows, clock, schemaOf });
}

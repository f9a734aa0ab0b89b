import { FermataError, parseName, type ExecutionTarget } from '@fermata/kernel';
import { createFermata, type Fermata, type FermataClient } from '@fermata/sdk';
import type { Command, Dispatch, Engine } from '@fermata/engine';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { classSchema } from '../schema/class-schema.js';
import { DiscoveredHandlers } from '../commands/discovered-handlers.js';
import { DiscoveredWorkflows } from '../workflows/discovered-workflows.js';
import { checkTypes, toPlaced } from '../workflows/placed-workflow.js';
import { fermataModuleOptions, type FermataModuleOptions } from './fermata-module-options.js';
import { nestLogger } from './nest-logger.js';

/**
 * The engine within the application's life: it starts once all providers are there, takes no more work when the
 * application begins to shut down, and closes its stores once nobody can ask for anything any more.
 */
@Injectable()
export class FermataNode implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #fermata: Fermata | undefined;

  constructor(
    @Inject(fermataModuleOptions) private readonly options: FermataModuleOptions,
    private readonly commands: CommandBus,
    private readonly handlers: DiscoveredHandlers,
    private readonly discovered: DiscoveredWorkflows,
  ) {}

  /** @throws FermataError `ENGINE_STOPPED` before the application's bootstrap */
  get engine(): Engine {
    return this.#started().engine;
  }

  /** @throws FermataError `ENGINE_STOPPED` before the application's bootstrap */
  get client(): FermataClient {
    return this.#started().client;
  }

  get namespace(): string {
    return this.options.namespace ?? 'default';
  }

  /**
   * Names an execution of the application's namespace.
   * @throws FermataError `VALIDATION_FAILED` for an ID that can't be recorded
   */
  targetOf(workflowId: string): ExecutionTarget {
    return { namespace: this.namespace, workflowId: parseName(workflowId, 'workflow ID') };
  }

  /** @throws FermataError `CONFIGURATION_INVALID`; `STORE_…` when a store can't be opened */
  async onApplicationBootstrap(): Promise<void> {
    const { workflows = [], unknownProperties, ...options } = this.options;
    this.handlers.check();
    const placed = [...this.discovered.find(), ...workflows.map(toPlaced)];
    checkTypes(placed);
    this.#fermata = await createFermata({
      logger: nestLogger(),
      ...options,
      workflows: placed.map(({ workflow }) => workflow),
      // Each command's handler answers with what the engine's own would.
      dispatch: ((command: Command) => this.commands.execute(command)) as Dispatch,
      schemaOf: (schema) => classSchema(schema, unknownProperties === undefined ? {} : { unknownProperties }),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#fermata?.engine.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#fermata?.close();
  }

  #started(): Fermata {
    if (this.#fermata) return this.#fermata;
    throw new FermataError('ENGINE_STOPPED', {
      message: 'The engine starts when the application has been initialised.',
      fix: 'Call it after `app.init()` or `app.listen()`.',
    });
  }
}

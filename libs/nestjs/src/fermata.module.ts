import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { EngineModule } from './engine/engine.module.js';
import {
  fermataModuleOptions,
  type FermataModuleAsyncOptions,
  type FermataModuleOptions,
} from './engine/fermata-module-options.js';

/**
 * Runs workflows inside an application: finds its `@Workflow` classes, starts the engine at the application's
 * bootstrap, and lets running steps end on shutdown (call `app.enableShutdownHooks()`). Import it once, in the root
 * module. It is global: `FermataNode`, `CommandBus` and `QueryBus` can be injected everywhere.
 *
 * The start of the application fails with a FermataError: `CONFIGURATION_INVALID` for workflows that can't be run, and
 * `STORE_IN_USE`, `STORE_NOT_RECOGNISED`, `STORE_CORRUPT` or `STORE_UNAVAILABLE` for a store that can't be opened.
 */
@Module({})
export class FermataModule {
  static forRoot(options: FermataModuleOptions = {}): DynamicModule {
    return assemble({ provide: fermataModuleOptions, useValue: options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: FermataModuleAsyncOptions): DynamicModule {
    return assemble({ provide: fermataModuleOptions, useFactory, inject: [...inject] }, imports);
  }
}

function assemble(options: Provider, imports: NonNullable<FermataModuleAsyncOptions['imports']> = []): DynamicModule {
  const engine = EngineModule.with(options, imports);
  return { module: FermataModule, global: true, imports: [engine], exports: [engine] };
}

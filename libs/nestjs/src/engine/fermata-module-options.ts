import type { FermataOptions } from '@fermata/sdk';
import type { ModuleMetadata, Provider } from '@nestjs/common';
import type { ClassSchemaOptions } from '../schema/class-schema.js';

/** What `createFermata` takes; `workflows` are those of the function form, beside the classes that are found. */
export interface FermataModuleOptions extends Omit<FermataOptions, 'dispatch' | 'schemaOf'>, ClassSchemaOptions {}

export interface FermataModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly useFactory: (...dependencies: never[]) => FermataModuleOptions | Promise<FermataModuleOptions>;
  /** What `useFactory` is called with. */
  readonly inject?: Extract<Provider, { useFactory: unknown }>['inject'];
}

/** The token of the module's options. */
export const fermataModuleOptions = Symbol('fermata module options');

import { isStandardSchema, type Schema, type SchemaClass } from '@fermata/kernel';
import { asInstance } from './as-instance.js';

/** What a workflow gets of a recorded value: an instance where its schema is a class, else the value. */
export function revive(schema: Schema<unknown> | undefined, recorded: unknown): unknown {
  if (!schema || isStandardSchema(schema)) return recorded;
  return asInstance(schema as SchemaClass<object>, recorded);
}

import { classSchema } from '@fermata/nestjs';
import type { Schema, StandardSchema } from '@fermata/sdk';

/** Lets an engine without NestJS read classes with class-validator's decorators, such as `Order`. */
export function schemaOf(schema: Schema<unknown>): StandardSchema {
  // What a class makes is an object.
  return '~standard' in schema ? schema : classSchema(schema as new (...args: never[]) => object);
}

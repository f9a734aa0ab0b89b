import { isStandardSchema, type Schema, type StandardSchema } from '@fermata/kernel';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { targetConstructorToSchema, validationMetadatasToSchemas } from 'class-validator-jsonschema';

type JsonSchema = Readonly<Record<string, unknown>>;

const target = 'draft-2020-12';
const refPrefix = '#/$defs/';
const classOptions = { classTransformerMetadataStorage: defaultMetadataStorage, refPointerPrefix: refPrefix };

/**
 * JSON Schema of what is sent (`input`) or given back (`output`): of classes from their decorators, of others where
 * they can tell, which zod and arktype do and valibot doesn't.
 */
export function jsonSchemaOf(schema: Schema<unknown>, direction: 'input' | 'output'): JsonSchema | undefined {
  return isStandardSchema(schema) ? fromStandard(schema, direction) : fromClass(schema);
}

/** Source: Standard JSON Schema, version 1, https://standardschema.dev/json-schema */
interface JsonSchemaConverter {
  readonly input: (options: { readonly target: string }) => JsonSchema;
  readonly output: (options: { readonly target: string }) => JsonSchema;
}

function fromStandard(schema: StandardSchema, direction: 'input' | 'output'): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as { readonly jsonSchema?: JsonSchemaConverter };
  try {
    return jsonSchema?.[direction]({ target });
  } catch {
    // It has a part that JSON Schema can't say, such as a transformation.
    return undefined;
  }
}

function fromClass(schemaClass: { readonly name: string }): JsonSchema {
  const all = validationMetadatasToSchemas(classOptions) as Readonly<Record<string, object>>;
  const own = { ...targetConstructorToSchema(schemaClass as new () => object, classOptions) } as JsonSchema;
  const names = namesUsed(own, all, new Set());
  return names.size === 0 ? own : { ...own, $defs: Object.fromEntries(Array.from(names, (name) => [name, all[name]])) };
}

/** The classes that a schema refers to, those that they refer to included. */
function namesUsed(schema: unknown, all: Readonly<Record<string, object>>, found: Set<string>): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    const name = key === '$ref' && typeof value === 'string' ? value.slice(refPrefix.length) : undefined;
    if (name === undefined) namesUsed(value, all, found);
    else if (!found.has(name)) namesUsed(all[name], all, found.add(name));
  }
  return found;
}

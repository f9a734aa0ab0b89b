import type { SchemaClass } from '@fermata/kernel';
import type { TypeHelpOptions } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';

/**
 * Gives a value that was valid when it was recorded the prototype of its class again, and those nested in it theirs, by
 * class-transformer's `@Type`. Nothing is transformed or validated a second time: a replay must see what was recorded,
 * whatever the class says by now.
 */
export function asInstance(schemaClass: SchemaClass<object>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => asInstance(schemaClass, item));
  if (!isPlainRecord(value)) return value;
  const instance = Object.create(schemaClass.prototype as object) as object;
  for (const [key, item] of Object.entries(value)) {
    const nested = nestedClass(schemaClass, { newObject: instance, object: value, property: key });
    Reflect.defineProperty(instance, key, {
      value: nested ? asInstance(nested, item) : item,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return instance;
}

/** Date, Map, Set and bytes come out of a record as what they are. */
function isPlainRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function nestedClass(schemaClass: SchemaClass<object>, where: TypeHelpOptions): SchemaClass<object> | undefined {
  // Its types leave out that there may be none.
  const metadata = defaultMetadataStorage.findTypeMetadata(schemaClass, where.property) as
    ReturnType<typeof defaultMetadataStorage.findTypeMetadata> | undefined;
  // Which of several classes it was, the record doesn't say.
  if (!metadata || metadata.options.discriminator) return undefined;
  return metadata.typeFunction(where) as SchemaClass<object>;
}

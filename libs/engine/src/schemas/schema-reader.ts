import {
  FermataError,
  isStandardSchema,
  validationFailed,
  type ReadableSchema,
  type Schema,
  type SchemaClass,
} from '@fermata/kernel';

/** Makes a schema of a class with validation decorators. */
export type SchemaOf = (schema: SchemaClass<object>) => ReadableSchema;

/** Takes schemas as they are and classes by their decorators, each class read once. */
export class SchemaReader {
  readonly #read = new Map<Schema<unknown>, ReadableSchema>();

  constructor(private readonly schemaOf: SchemaOf = refuseClass) {}

  /** @throws FermataError `CONFIGURATION_INVALID`: a class that nobody can read */
  read(schema: Schema<unknown>): ReadableSchema {
    if (isStandardSchema(schema)) return schema;
    // A schema of a class: what it makes are objects.
    const read = this.#read.get(schema) ?? this.schemaOf(schema as SchemaClass<object>);
    this.#read.set(schema, read);
    return read;
  }

  /**
   * What the schema makes of the value.
   * @throws FermataError `VALIDATION_FAILED` with every problem
   */
  async validate(schema: Schema<unknown>, value: unknown, what: string): Promise<unknown> {
    const result = await this.read(schema)['~standard'].validate(value);
    if (result.issues) throw validationFailed(what, result.issues);
    return result.value;
  }
}

function refuseClass(schema: SchemaClass<object>): never {
  throw new FermataError('CONFIGURATION_INVALID', {
    message: `${schema.name} is a class, and nothing was given that makes a schema of classes.`,
    fix: 'Pass a Standard Schema such as zod, or use FermataModule, which reads class-validator.',
  });
}

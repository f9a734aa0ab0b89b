/**
 * The common interface of zod, valibot, arktype and others: a value that validates, and carries the types of what it
 * takes and gives. Source: Standard Schema, version 1, https://standardschema.dev
 */
export interface StandardSchema<In = unknown, Out = In> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Out> | Promise<StandardResult<Out>>;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

export type StandardResult<Out> =
  { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A class whose properties carry class-validator's decorators. */
export type SchemaClass<T> = new (...args: never[]) => T;

/** What may stand where a schema is wanted. */
export type Schema<T> = StandardSchema<unknown, T> | SchemaClass<T>;

/** A schema as a node uses it: one made of a class also gives recorded values the class's prototype again. */
export interface ReadableSchema extends StandardSchema {
  /** Makes of a valid value, as it reads back from the history, what its consumer gets; validates nothing. */
  readonly revive?: (recorded: unknown) => unknown;
}

export function isStandardSchema(schema: Schema<unknown>): schema is StandardSchema {
  return '~standard' in schema;
}

import { parseName, type QueryDefinition } from '@fermata/kernel';
import 'reflect-metadata';

/** What `@Query` leaves on a method. */
export interface QueryMetadata {
  readonly name: string;
}

type QueryMethodDecorator<Result, Args> = <Handler extends (args: Args) => Result>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

const metadataKey = 'fermata:query';

/**
 * Has a method of a workflow class answer the queries of that name. It reads the run's fields; it must not change them
 * or wait.
 * @param query its name, or a definition shared with those who ask it
 * @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded
 */
export function Query<Result, Args>(query: QueryDefinition<Result, Args>): QueryMethodDecorator<Result, Args>;
export function Query(query: string): QueryMethodDecorator<unknown, never>;
export function Query<Result, Args>(query: string | QueryDefinition<Result, Args>): QueryMethodDecorator<Result, Args> {
  const metadata: QueryMetadata = { name: parseName(typeof query === 'string' ? query : query.name, 'query name') };
  return (prototype, method) => Reflect.defineMetadata(metadataKey, metadata, prototype, method);
}

export function queryMetadataOf(prototype: object, method: string): QueryMetadata | undefined {
  return Reflect.getMetadata(metadataKey, prototype, method) as QueryMetadata | undefined;
}

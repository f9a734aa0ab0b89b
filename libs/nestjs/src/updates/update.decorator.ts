import { parseName, type Schema, type UpdateDefinition } from '@fermata/kernel';
import 'reflect-metadata';

/** What `@Update` leaves on a method. */
export interface UpdateMetadata {
  readonly name: string;
  readonly schema?: Schema<unknown>;
  /** The method that may reject it. */
  readonly validate?: string;
}

export interface UpdateMethodOptions {
  /** The name of a method that gets the same arguments and rejects the update by throwing. It must not change state. */
  readonly validate?: string;
}

type UpdateMethodDecorator<Result, Args> = <Handler extends (args: Args) => Result | Promise<Result>>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

const metadataKey = 'fermata:update';

/**
 * Has a method of a workflow class carry out the updates of that name: what it returns is the sender's durable answer,
 * and so is what it throws. The method may wait and run steps; the run doesn't close before it has ended.
 * @param update its name, or a definition shared with those who send it
 * @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded
 */
export function Update<Result, Args>(
  update: UpdateDefinition<Result, Args>,
  options?: UpdateMethodOptions,
): UpdateMethodDecorator<Result, Args>;
export function Update<Args>(
  update: string,
  options: UpdateMethodOptions & { readonly schema: Schema<Args> },
): UpdateMethodDecorator<unknown, Args>;
export function Update(update: string, options?: UpdateMethodOptions): UpdateMethodDecorator<unknown, never>;
export function Update<Result, Args>(
  update: string | UpdateDefinition<Result, Args>,
  options: UpdateMethodOptions & { readonly schema?: Schema<Args> } = {},
): UpdateMethodDecorator<Result, Args> {
  const { name, schema } = typeof update === 'string' ? { name: update, ...options } : update;
  const { validate } = options;
  const metadata: UpdateMetadata = {
    name: parseName(name, 'update name'),
    ...(schema && { schema }),
    ...(validate !== undefined && { validate }),
  };
  return (prototype, method) => Reflect.defineMetadata(metadataKey, metadata, prototype, method);
}

export function updateMetadataOf(prototype: object, method: string): UpdateMetadata | undefined {
  return Reflect.getMetadata(metadataKey, prototype, method) as UpdateMetadata | undefined;
}

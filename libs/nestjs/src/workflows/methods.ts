import { MetadataScanner } from '@nestjs/core';
import { twoMethodsOfOneName } from './set-up-errors.js';

export type Method = (...args: unknown[]) => unknown;
/** From the name of a message to the method that takes it, with what its decorator left there. */
export type Methods<Metadata> = ReadonlyMap<string, Metadata & { readonly method: string }>;

/**
 * The methods of a class that a decorator has marked.
 * @param what the messages that they take, for error texts
 * @throws FermataError `CONFIGURATION_INVALID`: two of them for one name
 */
export function methodsOf<Metadata extends { readonly name: string }>(
  { name: className, prototype }: { readonly name: string; readonly prototype: unknown },
  what: string,
  metadataOf: (prototype: object, method: string) => Metadata | undefined,
): Methods<Metadata> {
  const methods = new Map<string, Metadata & { readonly method: string }>();
  for (const method of new MetadataScanner().getAllMethodNames(prototype as object)) {
    const metadata = metadataOf(prototype as object, method);
    if (!metadata) continue;
    if (methods.has(metadata.name)) throw twoMethodsOfOneName(className, what, metadata.name);
    methods.set(metadata.name, { ...metadata, method });
  }
  return methods;
}

/** A method of one instance, bound to it. */
export function methodOf(instance: object, method: string): Method {
  return (Reflect.get(instance, method) as Method).bind(instance);
}

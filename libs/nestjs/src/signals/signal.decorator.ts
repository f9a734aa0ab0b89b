import {
  parseName,
  type DefaultSignal,
  type DefaultSignalHandler,
  type Schema,
  type SignalDefinition,
} from '@fermata/kernel';
import 'reflect-metadata';

/** What `@Signal` leaves on a method. */
export interface SignalMetadata {
  readonly name: string;
  readonly schema?: Schema<unknown>;
}

type SignalMethodDecorator<T> = <Handler extends (payload: T) => void | Promise<void>>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

type DefaultSignalMethodDecorator = <Handler extends DefaultSignalHandler>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

const metadataKey = 'fermata:signal';
const defaultMetadataKey = 'fermata:default-signal';

/**
 * Has a method of a workflow class called with each signal of that name, those received before the first turn included.
 * The method may wait and run steps; the run doesn't close before it has ended.
 * @param signal its name, or a definition shared with those who send it; or `defaultSignal` for a method that gets name
 * and payload of each signal without a method of its own
 * @throws FermataError `VALIDATION_FAILED` for a name that can't be recorded
 */
export function Signal<T>(signal: SignalDefinition<T>): SignalMethodDecorator<T>;
export function Signal<T>(signal: string, options: { readonly schema: Schema<T> }): SignalMethodDecorator<T>;
export function Signal(signal: string): SignalMethodDecorator<never>;
export function Signal(signal: DefaultSignal): DefaultSignalMethodDecorator;
export function Signal<T>(
  signal: string | SignalDefinition<T> | DefaultSignal,
  options: { readonly schema?: Schema<T> } = {},
): SignalMethodDecorator<T> | DefaultSignalMethodDecorator {
  if (typeof signal !== 'string' && signal.kind === 'default-signal') {
    return (prototype: object, method: string) =>
      Reflect.defineMetadata(defaultMetadataKey, { name: 'default' }, prototype, method);
  }
  const { name, schema } = typeof signal === 'string' ? { name: signal, ...options } : signal;
  const metadata: SignalMetadata = { name: parseName(name, 'signal name'), ...(schema && { schema }) };
  return (prototype: object, method: string) => Reflect.defineMetadata(metadataKey, metadata, prototype, method);
}

export function signalMetadataOf(prototype: object, method: string): SignalMetadata | undefined {
  return Reflect.getMetadata(metadataKey, prototype, method) as SignalMetadata | undefined;
}

/** All its methods have one name, so that a class has one of them at most. */
export function defaultSignalMetadataOf(prototype: object, method: string): { readonly name: string } | undefined {
  return Reflect.getMetadata(defaultMetadataKey, prototype, method) as { readonly name: string } | undefined;
}

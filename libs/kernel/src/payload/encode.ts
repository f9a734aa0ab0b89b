import { FermataError } from '../errors/fermata-error.js';
import type { Payload } from './payload.js';

const depthMax = 500;

/**
 * Makes a recordable copy of a value. Recordable are JSON's types and `undefined`, `Date`, `bigint`, `Map`, `Set`,
 * `Uint8Array`, `Error`, `NaN` and the infinities; instances of other classes are recorded by their own properties,
 * or by `toJSON` where they have it.
 * @param root how the value is called in an error's path, e.g. `input`
 * @throws FermataError `PAYLOAD_NOT_RECORDABLE` with the path to a function, symbol, cycle or nesting over 500 levels
 */
export function encodePayload(value: unknown, root = 'value'): Payload {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return encodeNumber(value);
    default:
      return value === null ? null : new Encoder(root).encode(value);
  }
}

function encodeNumber(value: number): Payload {
  if (Number.isFinite(value)) return Object.is(value, -0) ? { $number: '-0' } : value;
  return { $number: String(value) };
}

class Encoder {
  readonly #path: (string | number)[] = [];
  readonly #open: object[] = [];

  constructor(private readonly root: string) {}

  encode(value: unknown): Payload {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return encodeNumber(value);
      case 'undefined':
        return { $undefined: true };
      case 'bigint':
        return { $bigint: value.toString() };
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        return this.#refuse(`is a ${typeof value}`);
    }
  }

  #object(value: object): Payload {
    if (this.#open.includes(value)) this.#refuse('refers back to an object that contains it');
    if (this.#open.length >= depthMax) this.#refuse(`is nested deeper than ${depthMax} levels`);
    this.#open.push(value);
    const encoded = this.#shape(value);
    this.#open.pop();
    return encoded;
  }

  #shape(value: object): Payload {
    if (Array.isArray(value)) return this.#items(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#record(value);
    if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.getTime() };
    if (value instanceof Map) return { $map: this.#items([...(value as Map<unknown, unknown>)]) };
    if (value instanceof Set) return { $set: this.#items([...value]) };
    if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
    if (value instanceof Error) return { $error: this.#error(value) };
    if (value instanceof Promise) this.#refuse('is a promise; await it first');
    if (hasToJson(value)) return this.encode(value.toJSON());
    return this.#record(value);
  }

  #items(items: readonly unknown[]): Payload[] {
    const encoded: Payload[] = new Array<Payload>(items.length);
    for (let index = 0; index < items.length; index++) encoded[index] = this.#at(index, items[index]);
    return encoded;
  }

  #record(value: object): Payload {
    const encoded: Record<string, Payload> = {};
    let hasTag = false;
    for (const [key, item] of Object.entries(value)) {
      // An optional property that isn't set is left out, as JSON does.
      if (item === undefined) continue;
      if (key.startsWith('$')) hasTag = true;
      define(encoded, key, this.#at(key, item));
    }
    return hasTag ? { $object: encoded } : encoded;
  }

  #error(error: Error): Payload {
    const own: Record<string, Payload> = { name: error.name, message: error.message };
    if (error.stack !== undefined) own['stack'] = error.stack;
    if (error.cause !== undefined) own['cause'] = this.#at('cause', error.cause);
    for (const [key, item] of Object.entries(error)) {
      if (item !== undefined && !Object.hasOwn(own, key)) define(own, key, this.#at(key, item));
    }
    return own;
  }

  #at(key: string | number, value: unknown): Payload {
    this.#path.push(key);
    const encoded = this.encode(value);
    this.#path.pop();
    return encoded;
  }

  #refuse(why: string): never {
    const path = this.#path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    throw new FermataError('PAYLOAD_NOT_RECORDABLE', {
      message: `${this.root}${path} can't be recorded: it ${why}.`,
      fix: 'Pass plain data: JSON types, Date, bigint, Map, Set, Uint8Array, Error.',
      details: { path: `${this.root}${path}` },
    });
  }
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Plain assignment to `__proto__` would set the prototype. */
function define(target: Record<string, Payload>, key: string, value: Payload): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

import { FermataError } from '../errors/fermata-error.js';
import type { Payload } from './payload.js';

/**
 * Makes a fresh value of a payload; nothing of it is shared with the payload, so callers may change it.
 * @throws FermataError `PAYLOAD_NOT_RECORDABLE`: it carries a tag that this version doesn't know
 */
export function decodePayload(payload: Payload): unknown {
  if (payload === null || typeof payload !== 'object') return payload;
  if (Array.isArray(payload)) return (payload as readonly Payload[]).map(decodePayload);
  return decodeObject(payload as { readonly [key: string]: Payload });
}

function decodeObject(payload: { readonly [key: string]: Payload }): unknown {
  const decoded: Record<string, unknown> = {};
  for (const key in payload) {
    if (key.charCodeAt(0) === dollar) return decodeTagged(key, payload[key] ?? null);
    const value = decodePayload(payload[key] ?? null);
    if (key === '__proto__') defineOwn(decoded, key, value);
    else decoded[key] = value;
  }
  return decoded;
}

const dollar = 36;

/** Plain assignment to `__proto__` would set the prototype. */
function defineOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

function decodeTagged(tag: string, value: Payload): unknown {
  switch (tag) {
    case '$undefined':
      return undefined;
    case '$number':
      return Number(value);
    case '$bigint':
      return BigInt(value as string);
    case '$date':
      return new Date(value === null ? NaN : (value as number));
    case '$map':
      return new Map(decodePayload(value) as [unknown, unknown][]);
    case '$set':
      return new Set(decodePayload(value) as unknown[]);
    case '$bytes':
      return fromBase64(value as string);
    case '$error':
      return decodeError(value as { readonly [key: string]: Payload });
    case '$object':
      return decodeEscaped(value as { readonly [key: string]: Payload });
    default:
      throw new FermataError('PAYLOAD_NOT_RECORDABLE', {
        message: `A recorded value carries the unknown tag ${tag}.`,
        fix: 'A newer version of Fermata wrote it; upgrade this node.',
      });
  }
}

/** An object whose own keys start with `$`: its keys are data, not tags. */
function decodeEscaped(payload: { readonly [key: string]: Payload }): unknown {
  return Object.fromEntries(Object.entries(payload).map(([key, item]) => [key, decodePayload(item)]));
}

function decodeError(payload: { readonly [key: string]: Payload }): Error {
  const { name, message, stack, cause, ...own } = payload;
  const error = new Error(
    typeof message === 'string' ? message : '',
    cause === undefined ? undefined : { cause: decodePayload(cause) },
  );
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (typeof stack === 'string') error.stack = stack;
  for (const [key, item] of Object.entries(own)) defineOwn(error, key, decodePayload(item));
  return error;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

import { decodePayload, type Failure, type Payload } from '@fermata/kernel';

/**
 * A recorded value as clients of any language expect it in JSON: dates in ISO 8601, big integers as text, sets and maps
 * as lists, bytes in base64, `undefined` as null.
 */
export function toJson(payload: Payload): unknown {
  return plain(decodePayload(payload));
}

/** A failure whose details and causes are readable in the same way. */
export function failureToJson({ details, cause, ...failure }: Failure): object {
  return {
    ...failure,
    ...(details !== undefined && { details: toJson(details) }),
    ...(cause !== undefined && { cause: failureToJson(cause) }),
  };
}

function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      return value;
  }
}

function plainObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Map) return Array.from(value, ([key, item]) => [plain(key), plain(item)]);
  if (value instanceof Set) return Array.from(value, plain);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Error) return { name: value.name, message: value.message, ...plainEntries(value) };
  return plainEntries(value);
}

function plainEntries(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

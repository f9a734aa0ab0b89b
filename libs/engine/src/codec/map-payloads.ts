import type { CarriedOver, ChildOutcome, ExecutionEvent, Failure, Payload } from '@fermata/kernel';
import type { Json, JsonObject } from '../event-store/event-store.js';

/** The fields of events that may hold a `T`. */
type FieldsOf<T, E> = E extends unknown ? { [K in keyof E]-?: [T] extends [E[K]] ? K : never }[keyof E] : never;

type PayloadFields = FieldsOf<Payload, ExecutionEvent>;
type NestingFields = Exclude<
  FieldsOf<ChildOutcome, ExecutionEvent> | FieldsOf<CarriedOver, ExecutionEvent>,
  PayloadFields
>;

// An event with a new field of these types doesn't compile before it is named here.
const payloads: Readonly<Record<PayloadFields, true>> = {
  input: true,
  memo: true,
  args: true,
  result: true,
  payload: true,
  details: true,
  heartbeat: true,
};
const failures: Readonly<Record<FieldsOf<Failure, ExecutionEvent>, true>> = { failure: true };
/** They hold some of the others. */
const nested: Readonly<Record<NestingFields, true>> = {
  outcome: true,
  carriedOver: true,
};

export interface PayloadVisitor {
  payload(payload: Payload): Payload;
  failure(failure: JsonObject): JsonObject;
}

/** The event's data with every payload and failure in it replaced by what the visitor makes of it. */
export function mapPayloads(data: JsonObject, visitor: PayloadVisitor): JsonObject {
  const mapped: Record<string, Json> = {};
  for (const [key, value] of Object.entries(data)) mapped[key] = mapField(key, value, visitor);
  return mapped;
}

function mapField(key: string, value: Json, visitor: PayloadVisitor): Json {
  if (Object.hasOwn(payloads, key)) return visitor.payload(value);
  if (Object.hasOwn(failures, key) && isObject(value)) return visitor.failure(value);
  return Object.hasOwn(nested, key) ? mapNested(value, visitor) : value;
}

function mapNested(value: Json, visitor: PayloadVisitor): Json {
  if (!isObject(value)) return value;
  const mapped: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    mapped[key] = isList(item)
      ? item.map((entry) => (isObject(entry) ? mapPayloads(entry, visitor) : entry))
      : mapField(key, item, visitor);
  }
  return mapped;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

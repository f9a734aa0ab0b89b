import type { ExecutionTarget, Payload } from '@fermata/kernel';

/**
 * How payloads lie in the store. Covers every recorded value: inputs, results, messages, memos, heartbeats, and of
 * failures the message, stack, details and causes. Names, IDs, times, search attributes and reasons stay readable: the
 * engine and its lists work with them.
 */
export interface PayloadCodec {
  /** The payload as it is stored, which is a payload too. */
  encode(payload: Payload, of: ExecutionTarget): Payload;
  /**
   * Undoes `encode`. What it didn't make it gives back as it is, so that a codec can be added to a log that has begun.
   * @throws FermataError `PAYLOAD_UNREADABLE`: its key is gone, or it was changed
   */
  decode(stored: Payload, of: ExecutionTarget): Payload;
}

/** Codecs behind one another: payloads are encoded by the first first, and decoded by the last first. */
export function chainCodecs(...codecs: readonly PayloadCodec[]): PayloadCodec {
  return {
    encode: (payload, of) => codecs.reduce((encoded, codec) => codec.encode(encoded, of), payload),
    decode: (stored, of) => codecs.reduceRight((decoded, codec) => codec.decode(decoded, of), stored),
  };
}

/** The value under the one key of a tagged payload; nothing when it isn't one. No value of a user's looks like it. */
export function taggedValue(payload: Payload, tag: string): Payload | undefined {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return undefined;
  return Object.hasOwn(payload, tag) ? (payload as { readonly [key: string]: Payload })[tag] : undefined;
}

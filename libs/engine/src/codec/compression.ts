import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Payload } from '@fermata/kernel';
import { taggedValue, type PayloadCodec } from './payload-codec.js';

export interface CompressionOptions {
  /** Smaller payloads stay as they are, as characters of JSON. Default 1,000. */
  readonly charactersMin?: number;
}

const tag = '$brotli';
/** Of 11; higher ones take several times as long for a few per cent. */
const quality = 4;

/** Stores large payloads compressed, where that makes them smaller. */
export function compression({ charactersMin = 1_000 }: CompressionOptions = {}): PayloadCodec {
  return {
    encode: (payload) => {
      const json = JSON.stringify(payload);
      if (json.length < charactersMin) return payload;
      const packed = brotliCompressSync(json, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
      const encoded = packed.toString('base64');
      return encoded.length < json.length ? { [tag]: encoded } : payload;
    },
    decode: (stored) => {
      const encoded = taggedValue(stored, tag);
      if (typeof encoded !== 'string') return stored;
      // It was a payload when it was encoded.
      return JSON.parse(brotliDecompressSync(Buffer.from(encoded, 'base64')).toString('utf8')) as Payload;
    },
  };
}

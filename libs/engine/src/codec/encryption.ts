import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { FermataError, type ExecutionTarget, type Payload } from '@fermata/kernel';
import { taggedValue, type PayloadCodec } from './payload-codec.js';

export interface EncryptionKey {
  /** Recorded in clear beside what it encrypts, so that keys can be changed. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface EncryptionOptions {
  /**
   * The key for an execution's payloads, most usefully one for each person that they are about: once that key is
   * destroyed nobody can read what is recorded of them, in backups neither, and the log stays whole.
   * @param keyId the key that is needed to read; nothing when writing: the newest
   * @returns nothing when it was destroyed
   */
  readonly keyOf: (of: ExecutionTarget, keyId?: string) => EncryptionKey | undefined;
}

const tag = '$sealed';
const cipher = 'aes-256-gcm';
const ivBytes = 12;
const authTagBytes = 16;

/**
 * Stores payloads encrypted and bound to their execution: moved to another they can't be read.
 * Source: NIST SP 800-38D, "Galois/Counter Mode", 96-bit random IVs, under which one key does for 2^32 payloads.
 */
export function encryption({ keyOf }: EncryptionOptions): PayloadCodec {
  return {
    encode: (payload, of) => {
      const key = keyOf(of);
      if (!key) throw unreadable(of, 'there is no key to write it with');
      return { [tag]: [key.id, seal(JSON.stringify(payload), key, of)] };
    },
    decode: (stored, of) => {
      const sealed = taggedValue(stored, tag);
      if (!Array.isArray(sealed)) return stored;
      const [keyId, text] = sealed as readonly unknown[];
      const key = typeof keyId === 'string' ? keyOf(of, keyId) : undefined;
      if (!key || typeof text !== 'string') throw unreadable(of, `its key ${JSON.stringify(keyId)} is gone`);
      // It was a payload when it was encrypted, and nobody has changed it since.
      return JSON.parse(unseal(text, key, of)) as Payload;
    },
  };
}

function seal(text: string, { key }: EncryptionKey, of: ExecutionTarget): string {
  const iv = randomBytes(ivBytes);
  const encrypt = createCipheriv(cipher, key, iv, { authTagLength: authTagBytes }).setAAD(boundTo(of));
  const sealed = Buffer.concat([encrypt.update(text, 'utf8'), encrypt.final()]);
  return Buffer.concat([iv, encrypt.getAuthTag(), sealed]).toString('base64');
}

function unseal(text: string, { id, key }: EncryptionKey, of: ExecutionTarget): string {
  const bytes = Buffer.from(text, 'base64');
  const [iv, rest] = [bytes.subarray(0, ivBytes), bytes.subarray(ivBytes)];
  try {
    const decrypt = createDecipheriv(cipher, key, iv, { authTagLength: authTagBytes }).setAAD(boundTo(of));
    decrypt.setAuthTag(rest.subarray(0, authTagBytes));
    return Buffer.concat([decrypt.update(rest.subarray(authTagBytes)), decrypt.final()]).toString('utf8');
  } catch (error) {
    throw unreadable(of, `key ${JSON.stringify(id)} doesn't open it`, error);
  }
}

function boundTo({ namespace, workflowId }: ExecutionTarget): Buffer {
  return Buffer.from(JSON.stringify([namespace, workflowId]));
}

function unreadable({ workflowId }: ExecutionTarget, why: string, cause?: unknown): FermataError {
  return new FermataError('PAYLOAD_UNREADABLE', {
    message: `A payload of execution "${workflowId}" can't be read or written: ${why}.`,
    fix: 'Give the codec that key; if it was destroyed on purpose, terminate what still runs.',
    ...(cause !== undefined && { cause }),
  });
}

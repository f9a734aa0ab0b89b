import { parseName, parseNamespace } from './names.js';

/** Where one execution is: its ID within a namespace. */
export interface ExecutionTarget {
  readonly namespace: string;
  readonly workflowId: string;
}

/** How many shards the ID space has. Fixed for ever: it is part of every stream's name. */
export const slotCount = 256;

/** FNV-1a over UTF-8, 32 bits. Source: RFC 9923, "The FNV Non-Cryptographic Hash Algorithm". */
function fnv1a(text: string): number {
  let hash = fnvOffset;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Beyond ASCII a character is several bytes; within it there is nothing to encode.
    if (unit > 0x7f) return fnv1aOf(new TextEncoder().encode(text));
    hash = Math.imul(hash ^ unit, fnvPrime);
  }
  return hash >>> 0;
}

function fnv1aOf(bytes: Uint8Array): number {
  let hash = fnvOffset;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, fnvPrime);
  return hash >>> 0;
}

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

export function slotOf({ namespace, workflowId }: ExecutionTarget): number {
  return fnv1a(`${namespace}\0${workflowId}`) % slotCount;
}

/**
 * `<namespace>.<slot>-<workflowId>`, the slot as two hex digits.
 * @throws FermataError `VALIDATION_FAILED` for a namespace or workflow ID that can't be recorded
 */
export function streamIdOf(target: ExecutionTarget): string {
  parseNamespace(target.namespace);
  parseName(target.workflowId, 'workflow ID');
  return `${target.namespace}.${slotOf(target).toString(16).padStart(2, '0')}-${target.workflowId}`;
}

const pattern = /^([a-z0-9-]+)\.[0-9a-f]{2}-([^]+)$/;

/** The execution whose stream this is, or nothing where the stream holds something else. */
export function targetOfStream(stream: string): ExecutionTarget | undefined {
  const match = pattern.exec(stream);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { namespace: match[1], workflowId: match[2] };
}

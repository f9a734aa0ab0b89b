import type { RunId } from '@fermata/kernel';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID as its 16 bytes; any other run ID, which only foreign or test logs hold, as its text. */
export function encodeRunId(runId: RunId): Uint8Array | string {
  return uuid.test(runId) ? Buffer.from(runId.replaceAll('-', ''), 'hex') : runId;
}

export function decodeRunId(stored: Uint8Array | string): RunId {
  if (typeof stored === 'string') return stored;
  const hex = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

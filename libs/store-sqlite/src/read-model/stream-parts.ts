import type { StreamId } from '@fermata/engine';
import { invariant } from '@fermata/kernel';

/** A stream's name in the parts that a row keeps. */
export interface StreamParts {
  readonly namespace: string;
  readonly slot: number;
  readonly workflowId: string;
}

const pattern = /^([^.]+)\.([0-9a-f]{2})-([^]+)$/;

/** Nothing for a stream that isn't an execution's. */
export function splitStream(stream: StreamId): StreamParts | undefined {
  const [, namespace, slot, workflowId] = pattern.exec(stream) ?? [];
  if (namespace === undefined || slot === undefined || workflowId === undefined) return undefined;
  return { namespace, slot: parseInt(slot, 16), workflowId };
}

/** For the stream of a row, which is an execution's. */
export function partsOf(stream: StreamId): StreamParts {
  const parts = splitStream(stream);
  invariant(parts !== undefined, `a row for stream ${stream}`);
  return parts;
}

export function joinStream({ namespace, slot, workflowId }: StreamParts): StreamId {
  return `${namespace}.${slot.toString(16).padStart(2, '0')}-${workflowId}`;
}

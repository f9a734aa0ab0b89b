import { randomUUID } from 'node:crypto';
import { toCommitId } from './event-id.js';
import type { NewCommit, NewEvent, StreamId } from './event-store.js';

/** A stream that no other test uses. */
export function aStream(): StreamId {
  return `default.3f-order-${randomUUID()}`;
}

interface CommitParts {
  /** How many events. */
  readonly size?: number;
  readonly timestamp?: number;
  /** What each event says. */
  readonly text?: string;
}

export function aCommit({ size = 1, timestamp = 1_700_000_000_000, text = 'said' }: CommitParts = {}): NewCommit {
  const event = (index: number): NewEvent => ({ type: 'SomethingSaid', version: 1, data: { index, text } });
  const others = Array.from({ length: size - 1 }, (_, index) => event(index + 1));
  return { id: toCommitId(randomUUID()), timestamp, events: [event(0), ...others] };
}

/** How each call ended: `done`, or the code of its error. */
export function settled(calls: readonly Promise<unknown>[]): Promise<string[]> {
  return Promise.all(
    calls.map((call) =>
      call.then(
        () => 'done',
        (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
      ),
    ),
  );
}

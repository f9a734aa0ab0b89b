import { isFermataError, type EpochMs, type ExecutionEvent, type Millis } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { Random } from '../clock/random.js';
import { newUuidV7 } from '../clock/run-id.js';
import { toCommitId } from '../event-store/event-id.js';
import type {
  Appended,
  CommitMetadata,
  EventStore,
  ExpectedRevision,
  NewCommit,
  NewEvent,
  StreamId,
} from '../event-store/event-store.js';
import { toNewEvent } from './history-event.js';

export interface AppendParts {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly node: string;
}

export interface AppendRequest {
  readonly stream: StreamId;
  readonly events: readonly ExecutionEvent[];
  readonly expected: ExpectedRevision;
  readonly at: EpochMs;
  /** More of the same turn follows in another append. */
  readonly isTurnPending?: true;
  /** Called before each further try, after the store didn't answer for `sinceMs` in all; may throw to give up. */
  readonly beforeRetry: (sinceMs: Millis, error: unknown) => void;
}

const retryMsMin: Millis = 20;
const retryMsMax: Millis = 1_000;

/**
 * Appends until it is known to be durable or refused. An unanswered append is repeated unchanged, under the same commit
 * ID and at the same expected revision, which the store recognises. Events that are too large together go in several
 * appends, in order: nothing leaves the node before the last of them is durable.
 * @throws FermataError `REVISION_CONFLICT`
 * @throws FermataError `PAYLOAD_TOO_LARGE`: a single event is over the store's limit
 */
export async function appendDurably(parts: AppendParts, request: AppendRequest): Promise<Appended> {
  const events = request.events.map(toNewEvent);
  return appendInParts(parts, request, events, request.expected);
}

async function appendInParts(
  parts: AppendParts,
  request: AppendRequest,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): Promise<Appended> {
  try {
    return await appendUntilKnown(parts, request, events, expected);
  } catch (error) {
    if (!isFermataError(error, 'PAYLOAD_TOO_LARGE') || events.length < 2) throw error;
    const half = Math.ceil(events.length / 2);
    const [head, tail] = [events.slice(0, half), events.slice(half)];
    const first = await appendInParts(parts, { ...request, isTurnPending: true }, head, expected);
    return appendInParts(parts, request, tail, first.revision);
  }
}

async function appendUntilKnown(
  { store, clock, random, node }: AppendParts,
  { stream, at, beforeRetry, isTurnPending }: AppendRequest,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): Promise<Appended> {
  const id = toCommitId(newUuidV7(at, random));
  const metadata: CommitMetadata = isTurnPending ? { node, turnPending: true } : { node };
  const commit: NewCommit = { id, timestamp: at, events: events as NewCommit['events'], metadata };
  const since = clock.now();
  for (let retryMs = retryMsMin; ; retryMs = Math.min(retryMs * 2, retryMsMax)) {
    try {
      return await store.append(stream, commit, expected);
    } catch (error) {
      if (!isFermataError(error, 'STORE_UNAVAILABLE') && !isFermataError(error, 'OVERLOADED')) throw error;
      await new Promise<void>((resolve) => void clock.after(retryMs, resolve));
      beforeRetry(clock.now() - since, error);
    }
  }
}

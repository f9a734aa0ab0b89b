import {
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
  type AppendResult,
  type EventData,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import {
  commitTooLarge,
  revisionConflict,
  type Appended,
  type ExpectedRevision,
  type NewCommit,
  type Revision,
  type StreamId,
} from '@fermata/engine';
import { commitBytes, encodeCommit } from './event-codec.js';
import type { EventStoreDbLimits } from './limits.js';
import { retrying } from './retry.js';
import { isTooLarge, isWrongRevision, storeOverloaded } from './store-errors.js';
import { Turnstile } from './turnstile.js';
import { withDeadline } from './with-deadline.js';

interface AppenderOptions {
  readonly client: EventStoreDBClient;
  readonly limits: EventStoreDbLimits;
}

/** No stream gets there, so an append that expects it writes nothing and is told where the stream is. */
const revisionNeverReached = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Appends of one stream go to the server one after another, of different streams many at a time. What isn't answered is
 * repeated with the same event IDs at the same expected revision: the one repetition that EventStoreDB recognises.
 */
export class Appender {
  readonly #client: EventStoreDBClient;
  readonly #limits: EventStoreDbLimits;
  readonly #turnstile: Turnstile;
  /** The last call accepted for each stream that has one waiting. */
  readonly #lastOf = new Map<StreamId, Promise<unknown>>();
  #waiting = 0;

  constructor({ client, limits }: AppenderOptions) {
    this.#client = client;
    this.#limits = limits;
    this.#turnstile = new Turnstile(limits.appendsInFlightMax);
  }

  async append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    const events = encodeCommit(stream, commit, this.#limits.appendBytesMax);
    return this.inTurn(stream, async () => {
      try {
        return await this.#write(stream, events, expected);
      } catch (error) {
        if (isTooLarge(error)) throw commitTooLarge(stream, commitBytes(commit), serverBytesMax(error));
        throw error;
      }
    });
  }

  /** Where the stream is, truncated or not. */
  async actualRevision(stream: StreamId): Promise<Revision | 'no-stream'> {
    try {
      await this.send(stream, [], revisionNeverReached);
    } catch (error) {
      if (isWrongRevision(error)) return actualOf(error);
      throw error;
    }
    throw new Error(`stream ${stream} is beyond revision ${revisionNeverReached}`);
  }

  /**
   * Does it when what was accepted earlier for the stream is done.
   * @throws FermataError `OVERLOADED`
   */
  inTurn<T>(stream: StreamId, work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#limits.appendsWaitingMax) throw storeOverloaded(this.#waiting);
    this.#waiting += 1;
    const before = this.#lastOf.get(stream);
    const mine = (before === undefined ? work() : before.then(work, work)).finally(() => {
      this.#waiting -= 1;
      if (this.#lastOf.get(stream) === mine) this.#lastOf.delete(stream);
    });
    this.#lastOf.set(stream, mine);
    return mine;
  }

  /** One append at the server, until it is answered or time is up. */
  send(stream: StreamId, events: EventData[], expected: bigint | 'no_stream'): Promise<AppendResult> {
    const attempt = (): Promise<AppendResult> => this.#turnstile.pass(() => this.#sendOnce(stream, events, expected));
    return retrying(attempt, {
      doing: `appending to ${stream}`,
      msMax: this.#limits.answerMsMax,
      // More than about a hundred first appends on a fresh connection hang: the next ones go one at a time.
      onTrouble: () => this.#turnstile.narrow(),
    });
  }

  /** Resolves when all that was accepted has been answered or given up. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#lastOf.values());
  }

  async #sendOnce(stream: StreamId, events: EventData[], expected: bigint | 'no_stream'): Promise<AppendResult> {
    const sent = this.#client.appendToStream(stream, events, { expectedRevision: expected });
    // A deadline of its own: what is never answered must not keep others out of the turnstile.
    const result = await withDeadline(sent, this.#limits.answerMsMax);
    this.#turnstile.widen();
    return result;
  }

  async #write(stream: StreamId, events: EventData[], expected: ExpectedRevision): Promise<Appended> {
    try {
      const { nextExpectedRevision, position } = await this.send(stream, events, toClient(expected));
      const revision = Number(nextExpectedRevision);
      if (position !== undefined) return { revision, position: Number(position.commit) };
      // A repetition of what was truncated since: nothing of it is there to answer with.
      throw revisionConflict(stream, expected, await this.actualRevision(stream));
    } catch (error) {
      if (isWrongRevision(error)) throw revisionConflict(stream, expected, actualOf(error));
      throw error;
    }
  }
}

function toClient(expected: ExpectedRevision): bigint | 'no_stream' {
  return expected === 'no-stream' ? 'no_stream' : BigInt(expected);
}

function actualOf(error: unknown): Revision | 'no-stream' {
  const actual = error instanceof WrongExpectedVersionError ? error.actualVersion : undefined;
  return typeof actual === 'bigint' ? Number(actual) : 'no-stream';
}

function serverBytesMax(error: unknown): number {
  return error instanceof MaxAppendSizeExceededError ? error.maxAppendSize : NaN;
}

import type { Appended, ExpectedRevision, NewCommit, Revision, StreamId } from '@fermata/engine';
import type { LogWriter, Verdict } from './log-writer.js';

/** An append that has become durable. */
export interface Committed {
  readonly stream: StreamId;
  readonly commit: NewCommit;
  readonly appended: Appended;
}

/** Something that waits to be written, with its caller. */
export interface Work {
  /** Characters of JSON that it holds in memory. */
  readonly size: number;
  write(writer: LogWriter): void;
  /** It is durable, or was refused: tells the caller. Gives what subscribers should see. */
  settle(): Committed | undefined;
  fail(error: unknown): void;
}

export class AppendWork implements Work {
  #verdict: Verdict | undefined;

  constructor(
    private readonly stream: StreamId,
    private readonly commit: NewCommit,
    private readonly expected: ExpectedRevision,
    private readonly events: string,
    private readonly resolve: (appended: Appended) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  get size(): number {
    return this.events.length;
  }

  write(writer: LogWriter): void {
    this.#verdict = writer.append(this.stream, this.commit, this.expected, this.events);
  }

  settle(): Committed | undefined {
    const verdict = this.#verdict;
    if (verdict === undefined) return undefined;
    if (verdict.kind === 'refused') {
      this.reject(verdict.error);
      return undefined;
    }
    this.resolve(verdict.appended);
    return verdict.kind === 'written'
      ? { stream: this.stream, commit: this.commit, appended: verdict.appended }
      : undefined;
  }

  fail(error: unknown): void {
    this.reject(error);
  }
}

export class TruncateWork implements Work {
  readonly size = 0;

  constructor(
    private readonly stream: StreamId,
    private readonly before: Revision,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  write(writer: LogWriter): void {
    writer.truncate(this.stream, this.before);
  }

  settle(): undefined {
    this.resolve();
  }

  fail(error: unknown): void {
    this.reject(error);
  }
}

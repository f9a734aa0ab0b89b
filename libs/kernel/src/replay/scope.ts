import type { CancelledError } from '../errors/workflow-errors.js';

/** What cancellation reaches: a run's root scope, or a part of it that is shielded. */
export class Scope {
  #cancelled: CancelledError | undefined;

  private constructor(private readonly parent: Scope | undefined) {}

  static root(): Scope {
    return new Scope(undefined);
  }

  /** A scope that cancellation of what is round it doesn't reach. */
  static shielded(): Scope {
    return new Scope(undefined);
  }

  get cancelled(): CancelledError | undefined {
    return this.#cancelled ?? this.parent?.cancelled;
  }

  cancel(error: CancelledError): void {
    this.#cancelled ??= error;
  }
}

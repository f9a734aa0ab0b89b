import type { CancelledError } from '../errors/workflow-errors.js';

/** What one cancellation reaches: a run, or a part of it that is shielded from that of the run. */
export class Scope {
  #cancelled: CancelledError | undefined;

  get cancelled(): CancelledError | undefined {
    return this.#cancelled;
  }

  cancel(error: CancelledError): void {
    this.#cancelled ??= error;
  }
}

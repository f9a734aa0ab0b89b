/** What one cancellation reaches: a run, a part of it, or a part that is shielded from what happens round it. */
export class Scope {
  #cancelled: Error | undefined;

  private constructor(private readonly parent: Scope | undefined) {}

  /** A scope that no other's cancellation reaches. */
  static own(): Scope {
    return new Scope(undefined);
  }

  inner(): Scope {
    return new Scope(this);
  }

  /** With what waits in it are to be rejected, once it is cancelled. */
  get cancelled(): Error | undefined {
    return this.#cancelled ?? this.parent?.cancelled;
  }

  /** The first cancellation stands. */
  cancel(error: Error): void {
    this.#cancelled ??= error;
  }
}

/** The message handlers that are running. */
export class HandlerCalls {
  readonly #running = new Set<Promise<void>>();

  /** @param enter calls a handler as the run's own code */
  constructor(readonly enter: <T>(call: () => T) => T) {}

  /** Runs a handler that deals with its own failure. */
  track(call: () => Promise<void>): void {
    const running = call().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when none runs, those begun in the meantime included. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

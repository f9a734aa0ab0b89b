/** The message handlers that are running. */
export class HandlerCalls {
  /** Each with the name of its message. */
  readonly #running = new Map<Promise<void>, string>();

  /** @param enter calls a handler as the run's own code */
  constructor(readonly enter: <T>(call: () => T) => T) {}

  /** Runs the handler of a message, which deals with its own failure. */
  track(name: string, call: () => Promise<void>): void {
    const running = call().finally(() => this.#running.delete(running));
    this.#running.set(running, name);
  }

  /** The messages whose handlers run, oldest first. */
  names(): readonly string[] {
    return [...this.#running.values()];
  }

  /** Resolves when none runs, those begun in the meantime included. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.keys());
  }
}

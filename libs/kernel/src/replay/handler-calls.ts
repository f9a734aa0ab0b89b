import type { SignalHandler } from '../workflow/registered-workflow.js';

/** The signal handlers that are running. */
export class HandlerCalls {
  readonly #running = new Set<Promise<void>>();

  /**
   * @param enter calls the handler as the run's own code
   * @param fail ends the run when a handler throws
   */
  constructor(
    private readonly enter: <T>(call: () => T) => T,
    private readonly fail: (error: unknown) => Promise<void>,
  ) {}

  call(handler: SignalHandler, payload: unknown): void {
    const running = this.#settle(handler, payload).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when none runs, those begun in the meantime included. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #settle(handler: SignalHandler, payload: unknown): Promise<void> {
    try {
      await this.enter(() => handler(payload));
    } catch (error) {
      await this.fail(error);
    }
  }
}

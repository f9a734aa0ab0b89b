import { userFrame } from '../errors/user-frame.js';
import type { Decision } from '../execution/events.js';

/** What workflow code decided and the log doesn't hold yet, in order; with the places in the code when wanted. */
export class DecisionQueue {
  #waiting: Decision[] = [];
  #head = 0;
  readonly #sites: WeakMap<Decision, string> | undefined;

  constructor(options: { readonly captureSites: boolean }) {
    this.#sites = options.captureSites ? new WeakMap() : undefined;
  }

  push(decision: Decision): void {
    this.#waiting.push(decision);
    // Costly, so only for a second replay that looks for the place of a fault.
    if (this.#sites) this.#locate(decision, this.#sites);
  }

  peek(): Decision | undefined {
    return this.#waiting[this.#head];
  }

  shift(): void {
    this.#head++;
    if (this.#head === this.#waiting.length) this.#clear();
  }

  /** All that waits; the queue is empty after it. */
  takeAll(): readonly Decision[] {
    const taken = this.#head === 0 ? this.#waiting : this.#waiting.slice(this.#head);
    this.#clear();
    return taken;
  }

  /** Where in the user's code it was made, as a frame of a stack. */
  siteOf(decision: Decision): string | undefined {
    return this.#sites?.get(decision);
  }

  #locate(decision: Decision, sites: WeakMap<Decision, string>): void {
    const site = userFrame(new Error('decided here').stack ?? '');
    if (site !== undefined) sites.set(decision, site);
  }

  #clear(): void {
    if (this.#waiting.length > 0) this.#waiting = [];
    this.#head = 0;
  }
}

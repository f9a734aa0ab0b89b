/** Lets so many through at a time, first come, first served. */
export class Turnstile {
  readonly #width: number;
  #limit: number;
  #inside = 0;
  #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#width = width;
    this.#limit = width;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#limit) this.#inside += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // who lets it in has counted it
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      this.#letIn();
    }
  }

  /** One at a time from now on; who is inside stays. */
  narrow(): void {
    this.#limit = 1;
  }

  /** Back to the full width. */
  widen(): void {
    if (this.#limit === this.#width) return;
    this.#limit = this.#width;
    this.#letIn();
  }

  #letIn(): void {
    while (this.#inside < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inside += 1;
      next();
    }
  }
}

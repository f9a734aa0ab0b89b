import type { Figures } from '../workload.js';
import { figureText } from './figure-text.js';

/** One line a measurement: on a terminal it changes in place, elsewhere only its end is written. */
export class ProgressLine {
  readonly #began = performance.now();

  constructor(private readonly what: string) {}

  show(doing: string): void {
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${this.what}: ${doing} …`);
  }

  end(figures: Figures): void {
    const seconds = ((performance.now() - this.#began) / 1_000).toFixed(0);
    const texts = Object.entries(figures).map(([name, value]) => figureText(name, value));
    const start = process.stdout.isTTY ? '\r\u001b[K' : '';
    process.stdout.write(`${start}${this.what}, ${seconds} s: ${texts.join(' · ')}\n`);
  }
}

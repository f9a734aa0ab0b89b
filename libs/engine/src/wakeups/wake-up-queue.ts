import type { EpochMs, Millis } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { WakeUp } from './wake-up.js';

/** Calls back for each wake-up when its time has come, in due order, never early. One clock timer serves all. */
export class WakeUpQueue {
  /** A binary min-heap by due time. */
  readonly #heap: WakeUp[] = [];
  readonly #known = new Set<string>();
  #armedFor: EpochMs | undefined;
  #disarm: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly due: (wakeUps: readonly WakeUp[]) => void,
  ) {}

  /** The same wake-up twice counts once while it waits. */
  add(wakeUp: WakeUp): void {
    const key = keyOf(wakeUp);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#push(wakeUp);
    this.#arm();
  }

  get size(): number {
    return this.#heap.length;
  }

  stop(): void {
    this.#disarm?.();
    this.#heap.length = 0;
    this.#known.clear();
  }

  #arm(): void {
    const next = this.#heap[0]?.dueAt;
    if (next === undefined || (this.#armedFor !== undefined && this.#armedFor <= next)) return;
    this.#disarm?.();
    this.#armedFor = next;
    const delay: Millis = Math.max(0, next - this.clock.now());
    this.#disarm = this.clock.after(delay, () => this.#fire());
  }

  #fire(): void {
    this.#armedFor = undefined;
    this.#disarm = undefined;
    const now = this.clock.now();
    const due: WakeUp[] = [];
    for (let next = this.#heap[0]; next && next.dueAt <= now; next = this.#heap[0]) {
      this.#known.delete(keyOf(next));
      due.push(next);
      this.#pop();
    }
    this.#arm();
    if (due.length > 0) this.due(due);
  }

  #push(wakeUp: WakeUp): void {
    const heap = this.#heap;
    let index = heap.push(wakeUp) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || parent.dueAt <= wakeUp.dueAt) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = wakeUp;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const child = (heap[left + 1]?.dueAt ?? Infinity) < (heap[left]?.dueAt ?? Infinity) ? left + 1 : left;
      const smaller = heap[child];
      if (!smaller || smaller.dueAt >= last.dueAt) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
  }
}

function keyOf({ stream, runId, kind, id, dueAt }: WakeUp): string {
  return `${kind}:${id}:${dueAt}:${runId}:${stream}`;
}

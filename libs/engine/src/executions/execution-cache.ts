import { streamIdOf, targetOfStream, type ExecutionTarget } from '@fermata/kernel';
import type { StreamId } from '../event-store/event-store.js';
import { Execution, type ExecutionParts } from './execution.js';

/** The executions in memory. What is idle leaves it after a while, and sooner when memory is short; the log has it all. */
export class ExecutionCache {
  /** Least recently used first. */
  readonly #executions = new Map<StreamId, Execution>();
  #disarm: (() => void) | undefined;

  /** @param isPinned whether something of the execution is under way on this node */
  constructor(
    private readonly parts: ExecutionParts,
    private readonly isPinned: (execution: Execution) => boolean,
  ) {
    this.#sweepLater();
  }

  /** @throws FermataError `VALIDATION_FAILED` for a namespace or workflow ID that can't be recorded */
  of(target: ExecutionTarget): Execution {
    const stream = streamIdOf(target);
    return this.#executions.get(stream) ?? this.#add(stream, target);
  }

  ofStream(stream: StreamId): Execution | undefined {
    const known = this.#executions.get(stream);
    const target = known ? undefined : targetOfStream(stream);
    return target ? this.#add(stream, target) : known;
  }

  /** Only if it is in memory. */
  peek(stream: StreamId): Execution | undefined {
    return this.#executions.get(stream);
  }

  /** Whether an execution decides, runs a turn or waits for its append. */
  get isBusy(): boolean {
    for (const execution of this.#executions.values()) if (!execution.isIdle) return true;
    return false;
  }

  get size(): number {
    return this.#executions.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const execution of this.#executions.values()) bytes += execution.bytes;
    return bytes;
  }

  /** Resolves when nothing is being decided or appended any more. */
  async settle(): Promise<void> {
    const busy = [...this.#executions.values()].filter(({ isIdle }) => !isIdle);
    await Promise.allSettled(busy.map((execution) => execution.read(() => undefined)));
  }

  stop(): void {
    this.#disarm?.();
  }

  #add(stream: StreamId, target: ExecutionTarget): Execution {
    const execution = new Execution(stream, target, this.parts);
    this.#executions.set(stream, execution);
    return execution;
  }

  #sweepLater(): void {
    const { clock, limits } = this.parts;
    this.#disarm = clock.after(limits.runIdleMs / 2, () => {
      this.#sweep();
      this.#sweepLater();
    });
  }

  #sweep(): void {
    const { clock, limits } = this.parts;
    const idleSince = clock.now() - limits.runIdleMs;
    let bytesOver = this.bytes - limits.runsBytesMax;
    const byUse = [...this.#executions.values()].sort((a, b) => a.usedAt - b.usedAt);
    for (const execution of byUse) {
      if (execution.usedAt > idleSince && bytesOver <= 0) return;
      if (!execution.isIdle || this.isPinned(execution)) continue;
      bytesOver -= execution.bytes;
      this.#executions.delete(execution.stream);
    }
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineMessage, EngineOrder } from './messages.js';

interface Events {
  message: [EngineMessage];
  exit: [code: number | null, signal: NodeJS.Signals | null];
}

/** The engine process, as the demo that started it sees it. */
export class EngineChild extends EventEmitter<Events> {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess) {
    super();
    this.#process = child;
    this.#exited = once(child, 'exit');
    // Only the engine process writes to this channel.
    child.on('message', (message) => this.emit('message', message as EngineMessage));
    child.on('exit', (code, signal) => this.emit('exit', code, signal));
  }

  /** Runs from source as from `dist`: the child gets this process's own Node and flags. */
  static start(folder: string, orderCount: number): EngineChild {
    const file = new URL(`./engine-process${extname(import.meta.url)}`, import.meta.url);
    return new EngineChild(fork(fileURLToPath(file), [folder, String(orderCount)]));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  tell(message: EngineOrder): void {
    this.#process.send(message);
  }

  /** SIGKILL: no handler runs, nothing is flushed. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    this.tell({ type: 'stop' });
    await this.#exited;
    return this.#process.exitCode;
  }
}

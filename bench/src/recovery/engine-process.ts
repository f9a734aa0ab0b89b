import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecoveryMessage, RecoveryOrder } from './plan.js';

const entry = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));

export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(order: RecoveryOrder) {
    this.#child = fork(entry, [JSON.stringify(order)]);
    this.#exited = once(this.#child, 'exit');
  }

  /** @throws Error when the process ends before it says so */
  said(awaited: RecoveryMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.on('message', (message: RecoveryMessage) => {
        if (message === awaited) resolve();
      });
      this.#child.once('exit', (code) =>
        reject(new Error(`The engine ended with code ${code ?? 'none'} before it was ${awaited}.`)),
      );
    });
  }

  /** Resolves when it is gone. Nothing of it runs on: no handler, no clean-up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async ended(): Promise<void> {
    await this.#exited;
  }
}

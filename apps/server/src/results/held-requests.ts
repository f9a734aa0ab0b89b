import type { Millis } from '@fermata/kernel';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The longest that a request is held. Proxies between commonly cut it at a minute or more. */
export const waitMsMax: Millis = 60_000;

export interface Hold {
  readonly waitMs: Millis;
  readonly signal: AbortSignal;
}

/** Requests that wait for something. They are let go when the client leaves and when the server stops. */
@Injectable()
export class HeldRequests implements OnModuleDestroy {
  readonly #letGo = new Set<() => void>();
  #isStopping = false;

  /**
   * @param wait gives up after `waitMs`, and rejects when the signal is aborted
   * @returns what `wait` gave; nothing when it was let go before
   */
  async hold<T>({ raw }: FastifyRequest, waitMs: Millis, wait: (hold: Hold) => Promise<T>): Promise<T | undefined> {
    const held = new AbortController();
    const letGo = (): void => held.abort();
    this.#letGo.add(letGo);
    raw.socket.once('close', letGo);
    try {
      return await wait({ waitMs: this.#isStopping ? 0 : Math.min(waitMs, waitMsMax), signal: held.signal });
    } catch (error) {
      if (held.signal.aborted) return undefined;
      throw error;
    } finally {
      raw.socket.off('close', letGo);
      this.#letGo.delete(letGo);
    }
  }

  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const letGo of this.#letGo) letGo();
  }
}

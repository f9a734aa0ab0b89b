import { isFermataError, type Millis } from '@fermata/kernel';
import type { Clock } from '../clock/clock.js';
import type { Logger } from '../logging/logger.js';

export interface DeliveryParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isStopped: () => boolean;
}

const retryMsMin: Millis = 100;
const retryMsMax: Millis = 30_000;

/**
 * Repeats until it is answered: for messages between executions, which must arrive. What is cut off by a crash is begun
 * again when the node that takes over brings the sender into memory.
 * @returns nothing when the node stopped first
 */
export async function deliver<T>(
  { clock, logger, isStopped }: DeliveryParts,
  send: () => Promise<T>,
): Promise<T | undefined> {
  for (let retryMs = retryMsMin; !isStopped(); retryMs = Math.min(2 * retryMs, retryMsMax)) {
    try {
      return await send();
    } catch (error) {
      if (isFermataError(error, 'ENGINE_STOPPED')) return undefined;
      if (!isPassing(error)) throw error;
      logger.warn({ err: error, retryMs }, 'message between executions not delivered, repeating it');
      await new Promise<void>((resolve) => void clock.after(retryMs, resolve));
    }
  }
  return undefined;
}

function isPassing(error: unknown): boolean {
  return isFermataError(error, 'STORE_UNAVAILABLE') || isFermataError(error, 'OVERLOADED');
}

import type { Millis } from '@fermata/kernel';
import { storeUnavailable } from '@fermata/engine';

/**
 * The client's own deadlines don't hold for batch appends and reads: with a frozen server they end after 20 s only.
 * @throws FermataError `STORE_UNAVAILABLE` after `ms`; what was asked for may still happen
 */
export async function withDeadline<T>(promise: Promise<T>, ms: Millis, onExpired?: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onExpired?.();
      reject(storeUnavailable(`EventStoreDB gave no answer within ${Math.round(ms)} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

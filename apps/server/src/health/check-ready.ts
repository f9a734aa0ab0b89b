import type { Engine } from '@fermata/engine';
import { FermataError, type Millis } from '@fermata/kernel';

/**
 * Resolves when the node takes commands, its store answers, and its read model has reached what is in the log now.
 * @throws FermataError `ENGINE_STOPPED`, `STORE_UNAVAILABLE`, or `READ_MODEL_LAGS` after `lagMsMax`
 */
export async function checkReady({ isRunning, projector }: Engine, lagMsMax: Millis): Promise<void> {
  if (!isRunning) throw stopping();
  const { position } = projector;
  await projector.waitFor(position + (await projector.lag()), lagMsMax);
}

function stopping(): FermataError {
  return new FermataError('ENGINE_STOPPED', {
    message: 'This node is stopping.',
    fix: 'Send requests to another one.',
  });
}

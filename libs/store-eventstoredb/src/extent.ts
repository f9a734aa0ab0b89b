import type { Position } from '@fermata/engine';
import { lastPosition } from './last-position.js';
import type { LogName } from './log-name.js';
import type { Reading } from './reading.js';
import { retrying } from './retry.js';

/** Where the events of a namespace are in the server's log. */
export interface Extent {
  /** Nothing of the namespace is before it. */
  readonly origin: Position;
  /** The last event of an execution; 0 when there is none. */
  readonly head: Position;
  /** Between `head` and this position there is nothing of the namespace. */
  readonly searchedTo: Position;
}

/**
 * Has the server search for the namespace's last event, unless the namespace is new.
 * @param opened the position of the namespace's first event, and where the log ended some time before
 * @throws FermataError `STORE_UNAVAILABLE`: it took longer than the reading's limit
 */
export async function searchExtent(
  { client, msMax }: Reading,
  log: LogName,
  { origin, logEnd }: { readonly origin: Position; readonly logEnd: Position },
): Promise<Extent> {
  if (origin > logEnd) return { origin, head: 0, searchedTo: origin };
  const doing = `searching for the last event of ${log.namespace}`;
  const last = await retrying(() => lastPosition(client, log), { msMax, doing });
  return { origin, head: last === origin ? 0 : last, searchedTo: Math.max(last, logEnd) };
}

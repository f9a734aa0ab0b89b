import { fromStoredEvent, type EventStore } from '@fermata/engine';
import type { ExecutionEvent, TimedEvent } from '@fermata/kernel';
import { eventsOf } from './harness.js';

/** All events of one execution, as facts with the time at which they were recorded. */
export async function historyOf(store: EventStore, workflowId: string): Promise<readonly TimedEvent[]> {
  return (await eventsOf(store, workflowId)).map(fromStoredEvent);
}

type OfType<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { readonly type: Type }>;

/** The events of one type, oldest first. */
export async function recordedOf<Type extends ExecutionEvent['type']>(
  store: EventStore,
  workflowId: string,
  type: Type,
): Promise<readonly (OfType<Type> & Pick<TimedEvent, 'timestamp'>)[]> {
  const isWanted = (event: ExecutionEvent): event is OfType<Type> => event.type === type;
  const history = await historyOf(store, workflowId);
  return history.flatMap(({ event, timestamp }) => (isWanted(event) ? [{ ...event, timestamp }] : []));
}

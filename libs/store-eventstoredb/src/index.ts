export { openEventStoreDbEventStore, type EventStoreDbEventStoreOptions } from './eventstoredb-event-store.js';
export type { EventStoreDbLimits } from './limits.js';

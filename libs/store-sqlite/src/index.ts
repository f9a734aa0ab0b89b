export { openSqliteEventStore, type SqliteEventStoreOptions } from './event-store/sqlite-event-store.js';
export type { SqliteEventStoreLimits } from './event-store/limits.js';
export { openSqliteReadModel, type SqliteReadModelOptions } from './read-model/sqlite-read-model.js';

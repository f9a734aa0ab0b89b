import { describeEventStore } from '@fermata/engine/event-store.contract';
import { openEventStoreDbEventStore } from './eventstoredb-event-store.js';

const connectionString = process.env['FERMATA_EVENTSTOREDB_URL'] ?? '';

describeEventStore('EventStoreDB', (limits) =>
  openEventStoreDbEventStore({ connectionString, namespace: 'default', ...limits }),
);

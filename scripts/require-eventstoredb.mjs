// Exits with 1 and one line unless a server that can be used answers at FERMATA_EVENTSTOREDB_URL.
import { openEventStoreDbEventStore } from '@fermata/store-eventstoredb';

const connectionString = process.env.FERMATA_EVENTSTOREDB_URL;

try {
  if (!connectionString) throw new Error('FERMATA_EVENTSTOREDB_URL is not set: give esdb://127.0.0.1:2113?tls=false.');
  const store = await openEventStoreDbEventStore({ connectionString, namespace: 'tests', connectMsMax: 3_000 });
  await store.close();
} catch (error) {
  console.error(`The EventStoreDB tests need a server. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

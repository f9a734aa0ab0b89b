import type { EventStore } from '@fermata/engine';
import { openEventStoreDbEventStore } from '@fermata/store-eventstoredb';
import { openSqliteEventStore } from '@fermata/store-sqlite';
import { basename, join } from 'node:path';
import { ensure } from '../measure/ensure.js';
import type { Setting } from '../workload.js';
import type { StoreKind } from './store-kind.js';

/** A store for one measurement alone: a file in its folder, or a namespace of its own on the server. */
export interface BenchStore {
  readonly kind: StoreKind;
  /** As `createFermata` takes it. */
  readonly address: string;
  readonly namespace: string;
  open(): Promise<EventStore>;
}

/** @param folder the job's; its name is unique, and so becomes the namespace on a server */
export function benchStoreIn(folder: string, kind: Setting['store'] = 'sqlite'): BenchStore {
  return kind === 'eventstoredb' ? onServer(folder) : inFile(folder);
}

function inFile(folder: string): BenchStore {
  const file = join(folder, 'log.db');
  return {
    kind: 'sqlite',
    address: `sqlite:${file}`,
    namespace: 'default',
    open: () => openSqliteEventStore({ file }),
  };
}

function onServer(folder: string): BenchStore {
  const connectionString = eventStoreDbUrl();
  const namespace = `bench-${basename(folder).toLowerCase()}`;
  return {
    kind: 'eventstoredb',
    address: connectionString,
    namespace,
    open: () => openEventStoreDbEventStore({ connectionString, namespace }),
  };
}

export function eventStoreDbUrl(): string {
  const url = process.env['FERMATA_EVENTSTOREDB_URL'];
  ensure(url !== undefined, '--store eventstoredb needs a server: name it by FERMATA_EVENTSTOREDB_URL');
  return url;
}

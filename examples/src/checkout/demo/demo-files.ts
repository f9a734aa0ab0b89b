import { basename, join } from 'node:path';

/** What one demo works on, all of it fresh. */
export interface DemoFiles {
  /** The log's address, as `createFermata` takes it. */
  readonly store: string;
  readonly readModel: string;
  /** Of its own where the log is on a server that holds others, too. */
  readonly namespace: string;
  readonly ledger: string;
}

/** Files in the demo's folder; the log in EventStoreDB when `FERMATA_STORE` names a server. */
export function demoFilesIn(folder: string): DemoFiles {
  const server = process.env['FERMATA_STORE'];
  const common = {
    readModel: `sqlite:${join(folder, 'fermata.read-model.db')}`,
    ledger: join(folder, 'ledger.db'),
  };
  return server === undefined || server.startsWith('sqlite:')
    ? { ...common, store: `sqlite:${join(folder, 'fermata.db')}`, namespace: 'default' }
    : { ...common, store: server, namespace: basename(folder).toLowerCase() };
}

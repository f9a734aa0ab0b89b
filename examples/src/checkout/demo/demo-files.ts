import { join } from 'node:path';

/** The files of one demo, in its folder. */
export interface DemoFiles {
  readonly store: string;
  readonly ledger: string;
}

export function demoFilesIn(folder: string): DemoFiles {
  return { store: join(folder, 'fermata.db'), ledger: join(folder, 'ledger.db') };
}

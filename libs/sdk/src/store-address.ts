import { FermataError } from '@fermata/kernel';

/**
 * `sqlite:<file>`, the file relative to the working directory; or, for the log, a connection string of EventStoreDB:
 * `esdb://…`, `esdb+discover://…`, or the same with `kurrentdb`.
 */
export type StoreAddress = string;

/** Whether it is a connection string of EventStoreDB or KurrentDB. */
export function isEventStoreDbAddress(address: StoreAddress): boolean {
  return /^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(address);
}

/**
 * The file of a `sqlite:` address.
 * @param what how the caller names the setting, for the error text
 * @throws FermataError `CONFIGURATION_INVALID` for any other address
 */
export function parseSqliteAddress(address: StoreAddress, what: string): string {
  const match = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(address);
  if (match?.[1] !== undefined) return match[1];
  throw new FermataError('CONFIGURATION_INVALID', {
    message: `${what} ${JSON.stringify(withoutPassword(address))} is no address of a store that this build has.`,
    fix: 'Give sqlite:<file>, for example sqlite:./fermata.db; for the log esdb://<host>:2113 will do, too.',
  });
}

function withoutPassword(address: StoreAddress): string {
  return address.replace(/\/\/[^@/]*@/, '//');
}

/** The read model's file, beside the store's: `fermata.db` → `fermata.read-model.db`. */
export function readModelFileBeside(storeFile: string): string {
  return storeFile.replace(/(\.[^./\\]+)?$/, '.read-model$1');
}

/** The read model's file where the log is on a server: in the working directory, `fermata.<namespace>.read-model.db`. */
export function readModelFileOf(namespace: string): string {
  return `./fermata.${namespace}.read-model.db`;
}

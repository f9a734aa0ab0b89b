import { FermataError } from '@fermata/kernel';

/** `sqlite:<file>`, the file relative to the working directory. */
export type StoreAddress = string;

/**
 * The file of a `sqlite:` address.
 * @param what how the caller names the setting, for the error text
 * @throws FermataError `CONFIGURATION_INVALID` for any other address
 */
export function parseSqliteAddress(address: StoreAddress, what: string): string {
  const match = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(address);
  if (match?.[1] !== undefined) return match[1];
  throw new FermataError('CONFIGURATION_INVALID', {
    message: `${what} ${JSON.stringify(address)} is no address of a store that this build has.`,
    fix: 'Give sqlite:<file>, for example sqlite:./fermata.db.',
  });
}

/** The read model's file, beside the store's: `fermata.db` → `fermata.read-model.db`. */
export function readModelFileBeside(storeFile: string): string {
  return storeFile.replace(/(\.[^./\\]+)?$/, '.read-model$1');
}

import { EventStoreDBClient } from '@eventstore/db-client';
import { FermataError } from '@fermata/kernel';

/**
 * A client for a connection string. KurrentDB's strings differ from EventStoreDB's in their first word only.
 * @throws FermataError `CONFIGURATION_INVALID`
 */
export function connect(connectionString: string): EventStoreDBClient {
  const known = connectionString.replace(/^kurrentdb(?=(\+discover)?:\/\/)/, 'esdb');
  if (/[?&]throwOnAppendFailure=false/i.test(known)) {
    throw invalid('throwOnAppendFailure=false hides conflicts', 'Leave throwOnAppendFailure out.');
  }
  try {
    return EventStoreDBClient.connectionString(known);
  } catch (error) {
    throw invalid(
      error instanceof Error ? error.message : String(error),
      'Give esdb://host:2113 for one node or esdb+discover://host:2113 for a cluster, with ?tls=false without TLS.',
    );
  }
}

/** Without the string itself, which may hold a password. */
function invalid(why: string, fix: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', { message: `The connection string isn't valid: ${why}.`, fix });
}

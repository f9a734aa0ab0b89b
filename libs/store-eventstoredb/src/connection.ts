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
    // The client's text quotes a piece of the string, where a password could be.
    const why = error instanceof Error && !known.includes('@') ? error.message : 'it has a part that is not understood';
    throw invalid(
      why,
      'Give esdb://host:2113 for one node or esdb+discover://host:2113 for a cluster, with ?tls=false without TLS.',
    );
  }
}

function invalid(why: string, fix: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', { message: `The connection string isn't valid: ${why}.`, fix });
}

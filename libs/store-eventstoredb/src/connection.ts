import { EventStoreDBClient } from '@eventstore/db-client';
import { FermataError } from '@fermata/kernel';

/** Says what to look at when the server that a connection string names can't be had. */
export function unreachable(connectionString: string, cause: unknown): FermataError {
  return new FermataError('STORE_UNAVAILABLE', {
    message: `No EventStoreDB that can be used answers at ${hostsOf(connectionString)}${reasonOf(cause)}.`,
    fix:
      'Start it, or correct the connection string: ?tls=false for a server without TLS, tlsCAFile=… for one with ' +
      'certificates of your own, esdb+discover:// for a cluster.',
    cause,
  });
}

/** The part between the user and the options, which holds no secret. */
function hostsOf(connectionString: string): string {
  return /^[^:]+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(connectionString)?.[1] ?? 'the address given';
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? ` (${cause.message})` : '';
}

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

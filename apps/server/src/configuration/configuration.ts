import { FermataError, parseNamespace } from '@fermata/kernel';
import { isIPv4 } from 'node:net';
import { logLevels, type LogLevel } from '../logging/logger.js';

/** What the environment says of the server. */
export interface Configuration {
  /** `sqlite:<file>`. */
  readonly store: string;
  /** Default: beside the store. */
  readonly readModel?: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly httpPort: number;
  readonly namespace: string;
  readonly logLevel: LogLevel;
}

type Environment = Readonly<Record<string, string | undefined>>;

const portMax = 65_535;

/** @throws FermataError `CONFIGURATION_INVALID` that names the variable and says what it takes */
export function readConfiguration(environment: Environment): Configuration {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const readModel = value('FERMATA_READ_MODEL');
  const host = value('FERMATA_HOST') ?? '127.0.0.1';
  refuseOpenHost(host, value('FERMATA_ALLOW_UNAUTHENTICATED'));
  return {
    store: value('FERMATA_STORE') ?? 'sqlite:./fermata.db',
    ...(readModel !== undefined && { readModel }),
    host,
    httpPort: readPort('FERMATA_HTTP_PORT', value('FERMATA_HTTP_PORT') ?? '4400'),
    namespace: readNamespace(value('FERMATA_NAMESPACE') ?? 'default'),
    logLevel: readLogLevel(value('FERMATA_LOG_LEVEL') ?? 'info'),
  };
}

function readPort(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= portMax) return port;
  throw invalid(name, text, `Give a port from 0 to ${portMax}; 0 takes a free one.`);
}

function readNamespace(text: string): string {
  try {
    return parseNamespace(text);
  } catch (cause) {
    throw invalid('FERMATA_NAMESPACE', text, 'Give 1 to 63 lower-case letters, digits and inner hyphens.', cause);
  }
}

function readLogLevel(text: string): LogLevel {
  const level = logLevels.find((each) => each === text);
  if (level !== undefined) return level;
  throw invalid('FERMATA_LOG_LEVEL', text, `Give one of ${logLevels.join(', ')}.`);
}

/** Whoever reaches the port may do anything, so it is this machine alone unless the operator says otherwise. */
function refuseOpenHost(host: string, allowed: string | undefined): void {
  if (isLoopback(host) || allowed === '1') return;
  throw invalid(
    'FERMATA_HOST',
    host,
    'This server has no authentication yet, so it listens on 127.0.0.1, ::1 or localhost only. Put something that ' +
      'authenticates before it, or set FERMATA_ALLOW_UNAUTHENTICATED=1 to let anyone who reaches the port in.',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function invalid(name: string, text: string, fix: string, cause?: unknown): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `${name}=${text} can't be used.`,
    fix,
    ...(cause !== undefined && { cause }),
    details: { variable: name },
  });
}
